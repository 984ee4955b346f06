import { lazy, Suspense, useSyncExternalStore } from "react";
import type { Conflict } from "@/lib/merge-patch";

const ConflictChoices = lazy(() =>
  import("./conflict-choices").then((module) => ({ default: module.ConflictChoices })),
);

export interface Question {
  conflicts: Conflict[];
  answer: (theirs: string[][]) => void;
}

let question: Question | null = null;
const listeners = new Set<() => void>();

function ask(next: Question | null): void {
  question = next;
  for (const listener of listeners) listener();
}

/** Shows yours, theirs and the original; answers the paths where theirs stays. */
export function askConflicts(conflicts: Conflict[]): Promise<string[][]> {
  return new Promise((resolve) =>
    ask({
      conflicts,
      answer: (theirs) => {
        ask(null);
        resolve(theirs);
      },
    }),
  );
}

export function ConflictDialog() {
  const open = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => question,
  );
  return <Suspense>{open && <ConflictChoices question={open} />}</Suspense>;
}
