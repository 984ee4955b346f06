import { LoaderCircle, type LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Button as Base } from "@base-ui/react/button";
import { cx } from "@/lib/cx";
import { Kbd } from "./kbd";
import { Tooltip } from "./tooltip";

type Variant = "primary" | "secondary" | "ghost" | "danger";
type Size = "md" | "sm";

const VARIANTS: Record<Variant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover active:bg-accent-hover",
  secondary: "border border-line-strong bg-surface hover:bg-hover active:bg-press data-popup-open:bg-hover",
  ghost:
    "text-ink-muted hover:bg-hover hover:text-ink active:bg-press data-popup-open:bg-hover data-popup-open:text-ink",
  danger: "bg-danger text-on-danger hover:bg-danger-hover active:bg-danger-hover",
};
const SIZES: Record<Size, string> = { md: "h-control px-3", sm: "h-control-sm px-2" };
const BASE =
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors " +
  "data-disabled:opacity-50 data-disabled:pointer-events-none";

/** The look of a button for what is a link. */
export function buttonClass(variant: Variant = "secondary", size: Size = "md"): string {
  return cx(BASE, VARIANTS[variant], SIZES[size]);
}

export interface ButtonProps extends Omit<ComponentProps<typeof Base>, "className"> {
  variant?: Variant;
  size?: Size;
  icon?: LucideIcon;
  /** Keeps its width and its focus while it works. */
  loading?: boolean;
  /** Why it is off: shown as a tooltip, and the button stays focusable so that it can be read. */
  disabledReason?: ReactNode;
  keys?: string;
  className?: string;
  children?: ReactNode;
}

export function Button({
  variant = "secondary",
  size = "md",
  icon: Icon,
  loading = false,
  disabledReason,
  disabled,
  keys,
  className,
  children,
  ...rest
}: ButtonProps) {
  const off = disabled || loading || Boolean(disabledReason);
  const button = (
    <Base
      type="button"
      {...rest}
      disabled={off}
      focusableWhenDisabled={loading || Boolean(disabledReason)}
      aria-busy={loading || undefined}
      className={cx(
        BASE,
        VARIANTS[variant],
        SIZES[size],
        Boolean(disabledReason) && "data-disabled:pointer-events-auto",
        className,
      )}
    >
      {loading ? (
        <LoaderCircle aria-hidden className="size-4 animate-spin" />
      ) : (
        Icon && <Icon aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      )}
      {children}
      {keys && <Kbd keys={keys} />}
    </Base>
  );
  return disabledReason ? <Tooltip label={disabledReason}>{button}</Tooltip> : button;
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon" | "loading" | "disabledReason"> {
  icon: LucideIcon;
  /** Its name for screen readers, and its tooltip. */
  label: string;
  pressed?: boolean;
}

export function IconButton({
  icon: Icon,
  label,
  keys,
  size = "md",
  variant = "ghost",
  pressed,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <Base
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        {...rest}
        className={cx(
          BASE,
          VARIANTS[variant],
          size === "md" ? "size-control" : "size-control-sm",
          pressed && "text-accent-text",
          className,
        )}
      >
        <Icon aria-hidden className="size-4" strokeWidth={1.75} />
      </Base>
    </Tooltip>
  );
}
