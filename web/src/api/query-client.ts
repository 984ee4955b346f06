import { QueryClient } from "@tanstack/react-query";
import type { PersistedClient, Persister } from "@tanstack/react-query-persist-client";
import { createStore, del, get, set } from "idb-keyval";
import { isPassing, isProblem } from "./problem";

const DAY_MS = 86_400_000;
export const CACHE_MAX_AGE_MS = 7 * DAY_MS;
/** Pages of a list that are kept for the next visit; the others are read again when one scrolls there. */
const KEPT_PAGES = 2;
const WRITE_EVERY_MS = 1000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        gcTime: DAY_MS,
        // The stream says what changed; this is for what it could not say while it was away.
        staleTime: 30_000,
        networkMode: "offlineFirst",
        retry: (failures, error) => isPassing(error) && failures < 3,
        retryDelay: (failures, error) =>
          isProblem(error) && error.retryAfterS !== null
            ? error.retryAfterS * 1000
            : Math.min(500 * 2 ** failures, 8000),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** Keeps the cache in IndexedDB, one entry per user and workspace. Structured clone, no JSON. */
export function createPersister(scope: string): Persister {
  const store = createStore("crm-cache", "queries");
  let latest: PersistedClient | undefined;

  function write(): void {
    const client = latest;
    latest = undefined;
    if (client) void set(scope, shortened(client), store).catch(() => undefined);
  }

  return {
    persistClient(client) {
      // At most once a second, also while changes never stop.
      if (!latest) setTimeout(write, WRITE_EVERY_MS);
      latest = client;
    },
    restoreClient: () => get<PersistedClient>(scope, store).catch(() => undefined),
    removeClient: () => del(scope, store).catch(() => undefined),
  };
}

/** Removes what any user left in this browser. */
export async function forgetCaches(): Promise<void> {
  await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase("crm-cache");
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
}

interface Pages {
  pages: unknown[];
  pageParams: unknown[];
}

function isPaged(data: unknown): data is Pages {
  return typeof data === "object" && data !== null && "pages" in data && "pageParams" in data;
}

function shortened(client: PersistedClient): PersistedClient {
  const queries = client.clientState.queries.map((query) => {
    const data: unknown = query.state.data;
    if (!isPaged(data) || data.pages.length <= KEPT_PAGES) return query;
    const kept = { pages: data.pages.slice(0, KEPT_PAGES), pageParams: data.pageParams.slice(0, KEPT_PAGES) };
    return { ...query, state: { ...query.state, data: kept } };
  });
  return { ...client, clientState: { ...client.clientState, queries } };
}
