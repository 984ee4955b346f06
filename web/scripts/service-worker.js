// Lets the app start while the server is away. The build puts its files and their fingerprint in place of the two names.
/* global __FILES__, __FINGERPRINT__ */
const CACHE = `crm-app-${__FINGERPRINT__}`;
const SERVERS_OWN = /^\/(api|auth\/v1|health|openapi\.json|docs)(\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(__FILES__)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || SERVERS_OWN.test(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});

/** The newest page where there is one; the kept one where the server, or what stands before it, has none. */
async function page(request) {
  try {
    const answer = await fetch(request);
    if (answer.status < 500) return answer;
  } catch {
    // Nobody there.
  }
  return (await caches.match("/")) ?? Response.error();
}
