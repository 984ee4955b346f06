import { forgetCaches } from "@/api/query-client";
import { auth } from "@/api/session";

/** Ends this browser's session, also when the server can't be told, and leaves no data behind. */
export async function signOut(): Promise<void> {
  await (await auth()).signOut({ scope: "local" });
  await forgetCaches();
}
