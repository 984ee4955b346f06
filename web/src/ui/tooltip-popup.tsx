import { Tooltip as Base } from "@base-ui/react/tooltip";
import { Kbd } from "./kbd";
import type { TooltipProps } from "./tooltip";

export function TooltipPopup({ label, keys, side = "bottom", children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup className="flex max-w-72 popup items-center gap-2 rounded-md px-2 py-1 text-sm">
            {label}
            {keys && <Kbd keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
