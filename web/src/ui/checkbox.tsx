import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check, Minus } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "@/lib/cx";

interface CheckboxProps extends Omit<ComponentProps<typeof Base.Root>, "className" | "children"> {
  /** Beside the box; without it the box needs an `aria-label`. */
  children?: ReactNode;
  className?: string;
}

export function Checkbox({ children, className, ...rest }: CheckboxProps) {
  const box = (
    <Base.Root
      {...rest}
      className={cx(
        "flex size-4 shrink-0 items-center justify-center rounded-sm border border-edge bg-surface transition-colors data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent",
        "hover:border-accent data-disabled:opacity-50 data-invalid:border-danger",
        !children && className,
      )}
    >
      <Base.Indicator className="flex text-on-accent">
        {rest.indeterminate ? (
          <Minus aria-hidden className="size-3" strokeWidth={3} />
        ) : (
          <Check aria-hidden className="size-3" strokeWidth={3} />
        )}
      </Base.Indicator>
    </Base.Root>
  );
  if (!children) return box;
  return (
    <label className={cx("flex min-h-control-sm items-center gap-2 select-none", className)}>
      {box}
      {children}
    </label>
  );
}
