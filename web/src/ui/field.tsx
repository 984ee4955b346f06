import { Field as Base } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "@/lib/cx";

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong and how to mend it; makes the control invalid. */
  error?: ReactNode;
  optional?: ReactNode;
  /** The label is for screen readers only. */
  hideLabel?: boolean;
  className?: string;
  children: ReactNode;
}

export function Field({ label, hint, error, optional, hideLabel, className, children }: FieldProps) {
  return (
    <Base.Root invalid={Boolean(error)} className={cx("flex flex-col gap-1.5", className)}>
      <Base.Label className={cx("text-sm font-medium text-ink-muted", hideLabel && "sr-only")}>
        {label} {optional && <span className="font-normal text-ink-faint">{optional}</span>}
      </Base.Label>
      {children}
      {hint && !error && <Base.Description className="text-sm text-ink-faint">{hint}</Base.Description>}
      <Base.Error match={Boolean(error)} className="text-sm text-danger-text">
        {error}
      </Base.Error>
    </Base.Root>
  );
}

export function Input({
  className,
  ...rest
}: Omit<ComponentProps<typeof Base.Control>, "className"> & { className?: string }) {
  return <Base.Control {...rest} className={cx("h-control field", className)} />;
}

export function Textarea({ className, rows = 3, ...rest }: ComponentProps<"textarea">) {
  return (
    <Base.Control
      render={<textarea {...rest} rows={rows} />}
      className={cx("field-sizing-content max-h-80 field resize-none py-1.5", className)}
    />
  );
}
