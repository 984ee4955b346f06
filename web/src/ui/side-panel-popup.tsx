import { Dialog as Base } from "@base-ui/react/dialog";
import { useRef } from "react";
import type { SidePanelProps } from "./side-panel";

export default function SidePanelPopup({ open, onOpenChange, label, children }: SidePanelProps) {
  const ref = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={onOpenChange} modal={false} disablePointerDismissal>
      <Base.Portal>
        <Base.Popup
          ref={ref}
          // The record itself, not its first button: the next key is a shortcut or Tab.
          initialFocus={ref}
          aria-label={label}
          className="fixed inset-y-0 end-0 z-30 flex w-full flex-col bg-surface shadow-pop transition-[translate,opacity] duration-160 outline-none data-ending-style:translate-x-6 data-ending-style:opacity-0 data-starting-style:translate-x-6 data-starting-style:opacity-0 wide:inset-y-2 wide:end-2 wide:w-[min(46rem,calc(100vw-20rem))] wide:rounded-lg rtl:data-ending-style:-translate-x-6 rtl:data-starting-style:-translate-x-6"
        >
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
