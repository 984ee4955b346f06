import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { useLingui } from "@lingui/react/macro";
import { cx } from "@/lib/cx";
import { IconButton } from "./button";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, the main one last. */
  footer?: ReactNode;
  size?: "sm" | "md" | "lg";
  initialFocus?: RefObject<HTMLElement | null>;
}

const WIDTHS = { sm: "max-w-sm", md: "max-w-lg", lg: "max-w-3xl" };

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  size = "md",
  initialFocus,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Backdrop />
        <Base.Viewport className="fixed inset-0 z-40 flex items-end justify-center overflow-y-auto wide:items-start wide:px-4 wide:py-[12vh]">
          <Base.Popup
            {...(initialFocus && { initialFocus })}
            className={cx(
              "flex max-h-[90dvh] w-full popup flex-col max-wide:rounded-b-none wide:max-h-full",
              WIDTHS[size],
            )}
          >
            <DialogHead title={title} description={description} />
            {children && <div className="min-h-0 flex-1 overflow-y-auto px-5 py-2">{children}</div>}
            <div className="flex justify-end gap-2 p-5 pt-4 max-wide:pb-[max(1.25rem,env(safe-area-inset-bottom))]">
              {footer}
            </div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

export function Backdrop() {
  return (
    <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-110 data-ending-style:opacity-0 data-starting-style:opacity-0" />
  );
}

function DialogHead({ title, description }: Pick<DialogProps, "title" | "description">) {
  const { t } = useLingui();
  return (
    <div className="flex items-start gap-3 p-5 pb-2">
      <div className="min-w-0 flex-1">
        <Base.Title className="text-lg font-semibold">{title}</Base.Title>
        {description && <Base.Description className="mt-1 text-ink-muted">{description}</Base.Description>}
      </div>
      <Base.Close render={<IconButton icon={X} label={t`Close`} size="sm" />} />
    </div>
  );
}
