/** True on Apple's systems, where the command key stands for Ctrl. */
export const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** A chord as it is written in code, "Mod+K", "G P", "?", as the keys that this machine shows. */
export function shownKeys(chord: string): string[] {
  return chord.split(/[+ ]/).map((key) => {
    if (key === "Mod") return isApple ? "⌘" : "Ctrl";
    if (key === "Shift") return isApple ? "⇧" : "Shift";
    if (key === "Enter") return "↵";
    return key;
  });
}

/** True while somebody is writing, so that single letters are text and no shortcuts. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
