import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";
import { useTitle } from "@/lib/use-title";

interface PageProps {
  title: string;
  icon?: LucideIcon;
  /** Beside the title: a count, a view. */
  aside?: ReactNode;
  actions?: ReactNode;
  /** The page scrolls inside itself (a table). */
  fixed?: boolean;
  /** Reading width instead of all there is. */
  narrow?: boolean;
  children: ReactNode;
}

export function Page({ title, icon: Icon, aside, actions, fixed, narrow, children }: PageProps) {
  useTitle(title);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex h-bar shrink-0 items-center gap-2 border-b px-4">
        {Icon && <Icon aria-hidden className="size-4 text-ink-faint" strokeWidth={1.75} />}
        <h1 className="truncate font-semibold">{title}</h1>
        {aside}
        <div className="ms-auto flex items-center gap-1.5">{actions}</div>
      </header>
      <div
        className={cx("min-h-0 flex-1", fixed ? "flex flex-col" : "overflow-y-auto")}
        data-scroll-restoration-id="page"
      >
        {narrow ? <div className="mx-auto max-w-2xl px-4 py-6">{children}</div> : children}
      </div>
    </div>
  );
}
