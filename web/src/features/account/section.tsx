import { type ReactNode, useId, useState } from "react";
import { auth, type AuthClient } from "@/api/session";
import { explainAuth } from "@/features/auth/auth-errors";
import { toast } from "@/ui/toast";

export function Section({ title, intro, children }: { title: string; intro: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="grid gap-x-8 gap-y-4 border-b py-6 first:pt-0 last:border-0 wide:grid-cols-[14rem_1fr]"
    >
      <div>
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        <p className="mt-1 text-ink-muted">{intro}</p>
      </div>
      <div className="flex min-w-0 flex-col items-start gap-4">{children}</div>
    </section>
  );
}

/** Runs a change of the account, says how it went, and whether it did. */
export function useChange(): {
  busy: boolean;
  change: (done: string, run: (client: AuthClient) => Promise<{ error: unknown }>) => Promise<boolean>;
} {
  const [busy, setBusy] = useState(false);
  return {
    busy,
    async change(done, run) {
      setBusy(true);
      const { error } = await run(await auth());
      setBusy(false);
      toast(error ? { tone: "danger", title: explainAuth(error) } : { title: done });
      return !error;
    },
  };
}
