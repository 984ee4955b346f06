/**
 * Turns any number of calls into few runs: the first call starts one after `waitMs`, calls meanwhile join it, and those
 * during a run start one more after it. Never two at once: a run that reads anew would otherwise be cut off by the next,
 * for as long as calls keep coming.
 */
export function coalesce(run: () => Promise<unknown>, waitMs: number): () => void {
  let state: "idle" | "waiting" | "running" | "again" = "idle";

  function begin(): void {
    state = "waiting";
    setTimeout(() => {
      state = "running";
      void run().finally(() => (state === "again" ? begin() : (state = "idle")));
    }, waitMs);
  }

  return () => {
    if (state === "idle") begin();
    else if (state === "running") state = "again";
  };
}
