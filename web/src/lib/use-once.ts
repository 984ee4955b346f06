import { useCallback, useRef } from "react";

/** Runs the first of several ends and none after it: leaving by a key moves the focus, which is a blur, which would end an edit again. */
export function useOnce(): (end: () => void) => void {
  const ended = useRef(false);
  return useCallback((end) => {
    if (ended.current) return;
    ended.current = true;
    end();
  }, []);
}
