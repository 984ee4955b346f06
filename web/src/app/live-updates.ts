import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { type Fact, followStream, type LiveState } from "@/api/live";
import { applyContactFact } from "@/features/contacts/live";

/** Reads anew what a fact makes stale, and nothing else. */
async function apply(queryClient: QueryClient, fact: Fact): Promise<void> {
  const noun = fact.type.split(".")[0];
  const stale = (queryKey: string[]) => queryClient.invalidateQueries({ queryKey });
  switch (noun) {
    case "contact":
      await applyContactFact(queryClient, fact);
      break;
    case "company":
      await stale(["companies"]);
      break;
    case "event":
      await Promise.all([stale(["events"]), stale(["timeline"])]);
      break;
    case "timeline":
      await stale(["timeline"]);
      break;
    case "tag":
      await stale(["tags"]);
      break;
    case "workspace":
    case "member":
      await Promise.all([stale(["me"]), stale(["members"])]);
      break;
  }
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
        onFact: (fact) => void apply(queryClient, fact),
        onReset: () => void queryClient.invalidateQueries(),
        onState: (next) => {
          state = next;
          for (const listener of listeners) listener();
        },
      }),
    [queryClient],
  );
}
