import { lazy, type ReactElement, type ReactNode, Suspense } from "react";

// What pops up comes after the first paint; until then the trigger stands there alone.
const PopoverPopup = lazy(() => import("./popover-popup").then((module) => ({ default: module.PopoverPopup })));

export interface PopoverProps {
  trigger: ReactElement<Record<string, unknown>>;
  label: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: "start" | "center" | "end";
  className?: string;
  children: ReactNode;
}

export function Popover(props: PopoverProps) {
  return (
    <Suspense fallback={props.trigger}>
      <PopoverPopup {...props} />
    </Suspense>
  );
}
