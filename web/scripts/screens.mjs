// Photographs every page into docs/screens, wide and narrow, light and dark, of a system that is up and has its demo
// workspace: CRM_E2E_URL (default http://localhost:8000), CRM_SCREENS_EMAIL and CRM_SCREENS_PASSWORD of an account in it.
// Without an account it makes one and imports tests/data/us-500.csv through the public API.
import { mkdir, readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const base = process.env.CRM_E2E_URL ?? "http://localhost:8000";
const out = new URL("../../docs/screens/", import.meta.url);
const file = new URL("../../tests/data/us-500.csv", import.meta.url);

async function call(method, path, { token, json, form } = {}) {
  const headers = {
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(json && { "Content-Type": "application/json" }),
  };
  const answer = await fetch(base + path, { method, headers, body: form ?? (json && JSON.stringify(json)) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

async function finished(token, id, statuses) {
  for (;;) {
    const job = await call("GET", `/api/v1/imports/${id}`, { token });
    if (statuses.includes(job.status)) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function newSession() {
  const credentials = { email: `screens-${Date.now()}@example.org`, password: "seven calm mornings" };
  const session = await call("POST", "/auth/v1/signup", { json: { ...credentials, data: { name: "Mia Berg" } } });
  const token = session.access_token;
  const form = new FormData();
  form.append("file", new Blob([await readFile(file)]), "us-500.csv");
  const { id } = await call("POST", "/api/v1/imports", { token, form });
  await call("POST", `/api/v1/imports/${id}/check`, { token });
  await finished(token, id, ["checked"]);
  await call("POST", `/api/v1/imports/${id}/run`, { token });
  await finished(token, id, ["done", "failed"]);
  const [person] = (await call("GET", "/api/v1/contacts?sort=name&limit=1", { token })).items;
  const soon = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const contact_ids = [person.id];
  await call("PATCH", `/api/v1/contacts/${person.id}`, {
    token,
    json: { title: "Head of Sales", tags: ["vip", "lead"] },
  });
  for (const event of [
    { kind: "note", body: "Would like to see the numbers before the meeting.\nThe assistant is Tom." },
    { kind: "task", title: "Send the offer", due_at: soon(2) },
    { kind: "task", title: "Call back about the contract", due_at: soon(-50) },
    { kind: "meeting", title: "Quarterly review", starts_at: soon(26), ends_at: soon(27) },
  ]) {
    await call("POST", "/api/v1/events", { token, json: { ...event, contact_ids } });
  }
  return session;
}

async function session() {
  const { CRM_SCREENS_EMAIL: email, CRM_SCREENS_PASSWORD: password } = process.env;
  return email ? call("POST", "/auth/v1/token?grant_type=password", { json: { email, password } }) : newSession();
}

const signedIn = await session();
const token = signedIn.access_token;
const [person] = (await call("GET", "/api/v1/contacts?sort=name&limit=1", { token })).items;
const [company] = (await call("GET", "/api/v1/companies?sort=name&limit=1", { token })).items;
const [job] = (await call("GET", "/api/v1/imports?limit=1", { token })).items;

const PAGES = {
  "sign-in": "/sign-in",
  home: "/",
  people: "/people",
  panel: `/people?sort=name&open=${person.id}`,
  person: `/people/${person.id}`,
  companies: "/companies",
  ...(company && { company: `/companies/${company.id}` }),
  calendar: "/calendar",
  tasks: "/tasks",
  import: "/imports",
  ...(job && { "import-result": `/imports/${job.id}` }),
  settings: "/settings",
};

await mkdir(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 390]) {
    const isPhone = width < 700;
    const context = await browser.newContext({
      viewport: { width, height: isPhone ? 844 : 900 },
      colorScheme,
      isMobile: isPhone,
      hasTouch: isPhone,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    for (const [name, path] of Object.entries(PAGES)) {
      if (name === "home")
        await page.evaluate((value) => localStorage.setItem("crm.session", value), JSON.stringify(signedIn));
      await page.goto(base + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      // Everything is there when nothing says that it loads and two frames were painted.
      await page.waitForFunction(() => !document.querySelector('[role="status"][aria-label]'));
      await page.waitForTimeout(400);
      await page.screenshot({
        path: new URL(`${name}-${isPhone ? "narrow" : "wide"}-${colorScheme}.png`, out).pathname,
      });
    }
    await context.close();
  }
}
await browser.close();
