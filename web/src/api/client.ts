import createClient, { type Middleware } from "openapi-fetch";
import { newKey } from "@/lib/ids";
import type { paths } from "./generated/schema";
import { Problem } from "./problem";
import { accessToken, auth } from "./session";
import { chosenWorkspace } from "./workspace";

const REPEAT_AFTER_MS = 400;

/** Headers that every call to /api needs. */
export async function callHeaders(): Promise<Record<string, string>> {
  const token = await accessToken();
  const workspace = chosenWorkspace();
  return {
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(workspace && { "X-Workspace-Id": workspace }),
  };
}

/** Fails with status 0 where nothing was reached. A POST whose outcome is unknown is sent once more with the same Idempotency-Key. */
async function send(request: Request): Promise<Response> {
  const repeatable = request.method === "GET" || request.headers.has("Idempotency-Key");
  const spare = repeatable ? request.clone() : null;
  try {
    const response = await fetch(request);
    if (!spare || request.method === "GET" || !(await isOutcomeUnknown(response))) return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    if (!spare || request.method === "GET") throw new Problem(0);
  }
  await new Promise((resolve) => setTimeout(resolve, REPEAT_AFTER_MS));
  return fetch(spare).catch(() => {
    throw new Problem(0);
  });
}

async function isOutcomeUnknown(response: Response): Promise<boolean> {
  if (response.status !== 503 && response.status !== 504) return false;
  return (await Problem.from(response.clone())).outcomeUnknown;
}

const headers: Middleware = {
  async onRequest({ request }) {
    for (const [name, value] of Object.entries(await callHeaders())) request.headers.set(name, value);
    if (request.method === "POST" && !request.headers.has("Idempotency-Key"))
      request.headers.set("Idempotency-Key", newKey());
    return request;
  },
};

const refusals: Middleware = {
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return;
    // Ended elsewhere ("sign out everywhere", banned): the client only hears of it here.
    if (response.status === 401) await (await auth()).signOut({ scope: "local" });
    throw await Problem.from(response);
  },
};

/** Every call of the API. Answers `{ data, response }`, and throws `Problem` for anything but success. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: send });
api.use(headers, refusals);

/** `If-Match` for a change of what was read as `version`. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${version}"` };
}

/** The operation that a change was, for Undo. */
export function operationOf(response: Response): string | null {
  return response.headers.get("X-Operation-Id");
}
