import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useLingui } from "@lingui/react/macro";
import { cx } from "@/lib/cx";
import { HUE_CLASSES, hueOf, isHue } from "@/lib/hue";

/** A tag of the workspace. Its colour is the tag's own, or follows from its name. */
export function Tag({
  name,
  color,
  onRemove,
}: {
  name: string;
  color?: string | null | undefined;
  onRemove?: () => void;
}) {
  const { t } = useLingui();
  const hue = isHue(color) ? color : hueOf(name);
  return (
    <span
      title={name}
      className={cx(
        "inline-flex h-5 max-w-40 min-w-0 items-center gap-0.5 rounded-sm px-1.5 text-sm",
        HUE_CLASSES[hue],
      )}
    >
      <bdi className="truncate">{name}</bdi>
      {onRemove && (
        <button
          type="button"
          aria-label={t`Remove ${name}`}
          onClick={onRemove}
          className="-me-1 flex size-5 items-center justify-center opacity-70 hover:opacity-100"
        >
          <X aria-hidden className="size-3" />
        </button>
      )}
    </span>
  );
}

interface ChipProps {
  children: ReactNode;
  /** Names what is removed. */
  label: string;
  onClick?: () => void;
  onRemove?: () => void;
}

/** An active filter or sort: press to change, × to drop. */
export function Chip({ children, label, onClick, onRemove }: ChipProps) {
  const { t } = useLingui();
  return (
    <span className="inline-flex h-control-sm max-w-72 items-center rounded-md bg-accent-soft text-accent-text">
      <button type="button" onClick={onClick} className="h-full min-w-0 truncate rounded-md px-2">
        {children}
      </button>
      {onRemove && (
        <button
          type="button"
          aria-label={t`Remove ${label}`}
          onClick={onRemove}
          className="flex h-full w-6 items-center justify-center rounded-md opacity-75 hover:opacity-100"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      )}
    </span>
  );
}
