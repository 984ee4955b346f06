import { FilterX, Lock, type LucideIcon, Sparkles, Trash2 } from "lucide-react";
import type { ReactNode } from "react";

const ICONS = { nothing: Sparkles, filtered: FilterX, trash: Trash2, readonly: Lock } satisfies Record<
  string,
  LucideIcon
>;

interface EmptyStateProps {
  /** Nothing yet; a filter hides all; the trash is empty; not for this role. */
  kind: keyof typeof ICONS;
  icon?: LucideIcon;
  title: ReactNode;
  children?: ReactNode;
  /** The one next step. */
  action?: ReactNode;
}

export function EmptyState({ kind, icon, title, children, action }: EmptyStateProps) {
  const Icon = icon ?? ICONS[kind];
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center gap-1 px-6 py-12 text-center">
      <span aria-hidden className="mb-2 flex size-10 items-center justify-center rounded-lg bg-sunken text-ink-faint">
        <Icon className="size-5" strokeWidth={1.5} />
      </span>
      <p className="text-md font-medium">{title}</p>
      {children && <p className="text-ink-muted">{children}</p>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
