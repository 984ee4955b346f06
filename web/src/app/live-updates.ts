import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { type Fact, followStream, type LiveState } from "@/api/live";
import { coalesce } from "@/lib/coalesce";

const GATHER_MS = 200;

/** Rules of records: fetched with the first fact, for the first paint does not need them. */
const records = () => import("@/features/record-facts");

/** What a fact about a noun makes stale, beside the log of operations. Records have rules of their own. */
const STALE: Record<string, string[]> = {
  event: ["events", "timeline"],
  timeline: ["timeline"],
  tag: ["tags"],
  field: ["fields"],
  view: ["views"],
  favourite: ["favourites"],
  import: ["imports"],
  workspace: ["me"],
  member: ["me", "members"],
};

/** Reads anew what facts make stale, and nothing else; those of one moment together, for an import states thousands. */
function createApply(queryClient: QueryClient): (fact: Fact) => void {
  const stale = new Set<string>();
  const start = coalesce(async () => {
    const keys = [...stale];
    stale.clear();
    await Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
  }, GATHER_MS);

  return (fact) => {
    const noun = fact.type.split(".")[0] ?? "";
    if (noun === "contact" || noun === "company")
      void records().then(({ applyFact }) => applyFact(queryClient, noun, fact));
    for (const key of [...(STALE[noun] ?? []), "operations"]) stale.add(key);
    start();
  };
}

let state: LiveState = "connecting";
const listeners = new Set<() => void>();

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Keeps what is on screen true while the component is mounted. */
export function useLiveUpdates(): void {
  const queryClient = useQueryClient();
  useEffect(
    () =>
      followStream({
        onFact: createApply(queryClient),
        onReset: () => void queryClient.invalidateQueries(),
        onState: (next) => {
          state = next;
          for (const listener of listeners) listener();
        },
      }),
    [queryClient],
  );
}
