import type { AuthClient as AuthClientClass, Session } from "@supabase/auth-js";
import { useSyncExternalStore } from "react";

const STORAGE_KEY = "crm.session";
/** auth-js renews a token this long before its end; until then the stored one is used as it is. */
const RENEW_BEFORE_S = 90;

export type AuthClient = InstanceType<typeof AuthClientClass>;

export interface SignedIn {
  id: string;
  email: string;
  name: string;
}

let current = toSignedIn(stored());
const listeners = new Set<() => void>();

let client: Promise<AuthClient> | undefined;

/**
 * The auth protocol's own client. Loaded when it is needed, or when the browser has nothing better to do: a signed-in
 * user's first page needs only the stored token.
 */
export function auth(): Promise<AuthClient> {
  client ??= import("@supabase/auth-js").then(({ AuthClient }) => {
    const loaded = new AuthClient({
      url: `${location.origin}/auth/v1`,
      storageKey: STORAGE_KEY,
      storage: localStorage,
      flowType: "pkce",
      autoRefreshToken: true,
      persistSession: true,
      detectSessionInUrl: true,
    });
    loaded.onAuthStateChange((event, session) => {
      // INITIAL_SESSION without a session may only say that no refresh could be had: with the gateway away, the stored user still holds.
      if (event !== "INITIAL_SESSION" || session) update(toSignedIn(session));
    });
    return loaded;
  });
  return client;
}

// Renews the token in time, and hears of a sign-out in another tab.
const whenIdle = window.requestIdleCallback ?? setTimeout;
whenIdle(() => void auth());

function update(next: SignedIn | null): void {
  if (next?.id === current?.id && next?.email === current?.email && next?.name === current?.name) return;
  current = next;
  for (const listener of listeners) listener();
}

/** Who is signed in, as last stored; known at once and without the network. */
export function signedIn(): SignedIn | null {
  return current;
}

export function useSignedIn(): SignedIn | null {
  return useSyncExternalStore(onSessionChange, signedIn);
}

function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The Bearer token, renewed when it is about to end; null when nobody is signed in. */
export async function accessToken(): Promise<string | null> {
  const session = stored();
  if (!session) return null;
  if ((session.expires_at ?? 0) - Date.now() / 1000 > RENEW_BEFORE_S) return session.access_token;
  const { data } = await (await auth()).getSession();
  return data.session?.access_token ?? null;
}

function stored(): Session | null {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null") as Session | null;
  } catch {
    return null;
  }
}

function toSignedIn(session: Session | null): SignedIn | null {
  if (!session?.user) return null;
  const { id, email = "", user_metadata } = session.user;
  const name: unknown = user_metadata?.name;
  return { id, email, name: typeof name === "string" && name.trim() ? name : email };
}
