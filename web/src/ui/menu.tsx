import type { LucideIcon } from "lucide-react";
import { lazy, type ReactElement, type ReactNode, Suspense } from "react";

// What pops up comes after the first paint; until then the trigger stands there alone.
const MenuPopup = lazy(() => import("./menu-popup").then((module) => ({ default: module.MenuPopup })));
const ContextMenuPopup = lazy(() => import("./menu-popup").then((module) => ({ default: module.ContextMenuPopup })));

export type MenuEntry =
  | {
      id: string;
      label: ReactNode;
      icon?: LucideIcon | undefined;
      keys?: string | undefined;
      tone?: "danger" | undefined;
      /** Off, and why; shown under the label. */
      disabledReason?: ReactNode;
      checked?: boolean | undefined;
      run: () => void;
    }
  | "separator";

export interface MenuProps {
  trigger: ReactElement<Record<string, unknown>>;
  entries: readonly MenuEntry[];
  align?: "start" | "center" | "end";
  side?: "top" | "bottom" | "inline-end";
  header?: ReactNode;
}

export function Menu(props: MenuProps) {
  return (
    <Suspense fallback={props.trigger}>
      <MenuPopup {...props} />
    </Suspense>
  );
}

export interface ContextMenuProps {
  entries: readonly MenuEntry[];
  children: ReactElement<Record<string, unknown>>;
}

/** The same entries on right click, long press and the menu key. */
export function ContextMenu(props: ContextMenuProps) {
  return (
    <Suspense fallback={props.children}>
      <ContextMenuPopup {...props} />
    </Suspense>
  );
}
