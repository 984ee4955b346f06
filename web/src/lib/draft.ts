import { useCallback, useState } from "react";

/**
 * Text that survives leaving the page: kept under `key` until `clear`.
 * Storage may be full or forbidden; then the draft lives as long as the page.
 */
export function useDraft(key: string): { text: string; setText: (text: string) => void; clear: () => void } {
  const name = `crm.draft.${key}`;
  const [state, setState] = useState(() => ({ name, text: read(name) }));
  const text = state.name === name ? state.text : read(name);
  const setText = useCallback(
    (next: string) => {
      setState({ name, text: next });
      try {
        if (next) localStorage.setItem(name, next);
        else localStorage.removeItem(name);
      } catch {
        // Kept in memory only.
      }
    },
    [name],
  );
  return { text, setText, clear: useCallback(() => setText(""), [setText]) };
}

function read(name: string): string {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}
