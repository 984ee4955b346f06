import { useSyncExternalStore } from "react";

export type Overlay = "palette" | "shortcuts" | "create-contact" | "create-company";

let open: Overlay | null = null;
const listeners = new Set<() => void>();

/** One thing at a time lies over the page. */
export function setOverlay(overlay: Overlay | null): void {
  open = overlay;
  for (const listener of listeners) listener();
}

export function useOverlay(): [Overlay | null, (overlay: Overlay | null) => void] {
  const overlay = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
  return [overlay, setOverlay];
}
