import { lazy, type ReactNode, Suspense } from "react";

// On its way as soon as anybody may open one. Pages that show the same record without a panel do without it.
const popup = import("./side-panel-popup");
const SidePanelPopup = lazy(() => popup);

export interface SidePanelProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** For screen readers; what is shown is the children's. */
  label: string;
  children: ReactNode;
}

/** Beside what one came from, which stays usable on a wide screen; over all of it on a phone. */
export function SidePanel(props: SidePanelProps) {
  return (
    <Suspense>
      <SidePanelPopup {...props} />
    </Suspense>
  );
}
