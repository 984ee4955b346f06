import type { LucideIcon } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { isTyping } from "@/lib/keys";
import type { MenuEntry } from "@/ui/menu";

/** One thing a user can do. Palette, shortcut sheet, context menus and bulk bar are all made of these. */
export interface Action {
  id: string;
  label: string;
  /** Heading in palette and shortcut sheet. */
  section: string;
  icon?: LucideIcon;
  /** "Mod+K", "G P" (one after the other), "?", "Shift+N". */
  keys?: string;
  /** Other words that find it. */
  keywords?: string;
  tone?: "danger";
  disabledReason?: string | undefined;
  run: () => void;
}

const groups = new Map<symbol, readonly Action[]>();
const listeners = new Set<() => void>();
let snapshot: readonly Action[] = [];

function publish(): void {
  // What was registered last is nearest to the user's place, so it comes first and wins a shortcut.
  snapshot = [...groups.values()].reverse().flat();
  for (const listener of listeners) listener();
}

/** Offers actions while the component is mounted. Memoise the array. */
export function useActions(actions: readonly Action[]): void {
  useEffect(() => {
    const group = Symbol();
    groups.set(group, actions);
    publish();
    return () => {
      groups.delete(group);
      publish();
    };
  }, [actions]);
}

export function useAllActions(): readonly Action[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );
}

export function toMenuEntries(actions: readonly Action[]): MenuEntry[] {
  return actions.map(({ id, label, icon, keys, tone, disabledReason, run }) => ({
    id,
    label,
    icon,
    keys,
    tone,
    disabledReason,
    run,
  }));
}

const SEQUENCE_MS = 1000;

function chordOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const mod = event.metaKey || event.ctrlKey ? "Mod+" : "";
  // Shift is part of what "?" is; it is named only with letters and named keys.
  const shift = event.shiftKey && /^([A-Z]|.{2,})$/.test(key) ? "Shift+" : "";
  return mod + shift + key;
}

/** Runs the action whose keys were pressed. Letters are left alone where somebody is typing. */
export function createKeyHandler(find: () => readonly Action[]): (event: KeyboardEvent) => void {
  let first = "";
  let firstAt = 0;
  return (event) => {
    if (event.defaultPrevented || event.altKey || /^(Shift|Control|Meta)$/.test(event.key)) return;
    const chord = chordOf(event);
    if (!chord.startsWith("Mod+") && (isTyping(event.target) || isModalOpen())) return;
    const sequence = event.timeStamp - firstAt < SEQUENCE_MS ? `${first} ${chord}` : "";
    [first, firstAt] = [chord, event.timeStamp];
    const action = find().find(
      ({ keys, disabledReason }) => keys && !disabledReason && (keys === chord || keys === sequence),
    );
    if (!action) return;
    event.preventDefault();
    first = "";
    action.run();
  };
}

function isModalOpen(): boolean {
  return (
    document.querySelector(
      '[role="dialog"][data-open][aria-modal="true"], [role="menu"][data-open], [role="listbox"][data-open]',
    ) !== null
  );
}

export function useShortcuts(): void {
  useEffect(() => {
    const handle = createKeyHandler(() => snapshot);
    addEventListener("keydown", handle);
    return () => removeEventListener("keydown", handle);
  }, []);
}
