import { Progress as Base } from "@base-ui/react/progress";
import type { ReactNode } from "react";

interface ProgressProps {
  label: ReactNode;
  /** 0 to `max`; null while the end is not known. */
  value: number | null;
  max?: number;
  children?: ReactNode;
}

export function Progress({ label, value, max = 100, children }: ProgressProps) {
  return (
    <Base.Root value={value} max={max} className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-4">
        <Base.Label>{label}</Base.Label>
        {children && <span className="text-sm text-ink-muted tabular">{children}</span>}
      </div>
      <Base.Track className="h-1.5 overflow-hidden rounded-full bg-sunken">
        <Base.Indicator className="block h-full rounded-full bg-accent transition-[width] duration-300 data-indeterminate:w-full data-indeterminate:animate-pulse" />
      </Base.Track>
    </Base.Root>
  );
}
