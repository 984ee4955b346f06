import { Check } from "lucide-react";
import { useLingui } from "@lingui/react/macro";
import { cx } from "@/lib/cx";

/** Where one is in a task of several steps. The phone shows the current name alone. */
export function Stepper({ steps, current }: { steps: readonly string[]; current: number }) {
  const { t } = useLingui();
  return (
    <ol aria-label={t`Steps`} className="flex items-center gap-2">
      {steps.map((step, index) => (
        <li key={step} aria-current={index === current ? "step" : undefined} className="flex items-center gap-2">
          {index > 0 && <span aria-hidden className="h-px w-4 bg-line-strong wide:w-8" />}
          <span
            className={cx(
              "flex size-5 items-center justify-center rounded-full text-xs font-semibold tabular",
              index < current && "bg-accent-soft text-accent-text",
              index === current && "bg-accent text-on-accent",
              index > current && "bg-sunken text-ink-muted",
            )}
          >
            {index < current ? <Check aria-hidden className="size-3" strokeWidth={3} /> : index + 1}
          </span>
          <span className={cx(index === current ? "font-medium" : "text-ink-muted max-wide:sr-only")}>{step}</span>
        </li>
      ))}
    </ol>
  );
}
