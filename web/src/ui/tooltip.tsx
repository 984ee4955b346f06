import { lazy, type ReactElement, type ReactNode, Suspense } from "react";

// What pops up comes after the first paint; until then the trigger stands there alone.
const TooltipPopup = lazy(() => import("./tooltip-popup").then((module) => ({ default: module.TooltipPopup })));

export interface TooltipProps {
  label: ReactNode;
  keys?: string | undefined;
  side?: "top" | "bottom" | "left" | "right";
  children: ReactElement<Record<string, unknown>>;
}

/** A name for what has none on screen. Never the only place of a fact: touch has no tooltips. */
export function Tooltip(props: TooltipProps) {
  return (
    <Suspense fallback={props.children}>
      <TooltipPopup {...props} />
    </Suspense>
  );
}
