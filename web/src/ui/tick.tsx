import { Check, Minus } from "lucide-react";
import type { ComponentProps } from "react";
import { cx } from "@/lib/cx";

interface TickProps extends Omit<ComponentProps<"input">, "type" | "className" | "onChange"> {
  /** Its name for screen readers. */
  "aria-label": string;
  /** Some, but not all. */
  some?: boolean;
  className?: string;
}

/** `Checkbox` for the rows of a table: the browser's own input under the same look, because there are hundreds. */
export function Tick({ some = false, checked, className, ...rest }: TickProps) {
  const Mark = some ? Minus : Check;
  return (
    <span className={cx("relative flex size-4 shrink-0", className)}>
      <input
        {...rest}
        type="checkbox"
        checked={checked}
        // The row hears the click, with the keys that were held.
        onChange={() => undefined}
        ref={(input) => {
          if (input) input.indeterminate = some;
        }}
        className="peer size-4 appearance-none rounded-sm border border-edge bg-surface transition-colors checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent hover:border-accent"
      />
      <Mark
        aria-hidden
        className="pointer-events-none absolute inset-0 m-auto hidden size-3 text-on-accent peer-checked:block peer-indeterminate:block"
        strokeWidth={3}
      />
    </span>
  );
}
