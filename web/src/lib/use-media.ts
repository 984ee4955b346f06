import { useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
}

/** The phone's layout holds: the same border as `--breakpoint-wide`. */
export function useIsPhone(): boolean {
  return useMedia("(width < 700px)");
}
