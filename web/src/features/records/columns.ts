import { useMemo, useState } from "react";
import type { View } from "@/api/types";
import type { Noun } from "./noun";
import type { RecordField } from "./record";

const WIDTH_MIN = 72;
const WIDTH_MAX = 1200;

/** Which columns, in which order, how wide (pixels). */
export interface Layout {
  shown: readonly string[];
  widths: Readonly<Record<string, number>>;
}

export function layoutOfView(view: Pick<View, "columns">): Layout {
  const widths = view.columns.flatMap(({ field, width }) => (width ? [[field, width] as const] : []));
  return { shown: view.columns.map(({ field }) => field), widths: Object.fromEntries(widths) };
}

export function columnsOfLayout({ shown, widths }: Layout): View["columns"] {
  return shown.map((field) => ({ field, width: widths[field] ?? null }));
}

/** The pinned column stays the first; `key` goes to `to`. */
export function moveColumn(layout: Layout, key: string, to: number): Layout {
  const from = layout.shown.indexOf(key);
  const target = Math.min(Math.max(to, 1), layout.shown.length - 1);
  if (from < 1 || from === target) return layout;
  return { ...layout, shown: layout.shown.toSpliced(from, 1).toSpliced(target, 0, key) };
}

export function toggleColumn(layout: Layout, key: string): Layout {
  const without = layout.shown.filter((other) => other !== key);
  return { ...layout, shown: without.length < layout.shown.length ? without : [...layout.shown, key] };
}

export function resizeColumn(layout: Layout, key: string, width: number): Layout {
  const fitting = Math.round(Math.min(Math.max(width, WIDTH_MIN), WIDTH_MAX));
  return { ...layout, widths: { ...layout.widths, [key]: fitting } };
}

export function isSameLayout(a: Layout, b: Layout): boolean {
  const keys = [...a.shown];
  return (
    keys.length === b.shown.length && keys.every((key, at) => key === b.shown[at] && a.widths[key] === b.widths[key])
  );
}

export interface Columns {
  layout: Layout;
  /** Other than the view has them. */
  isChanged: boolean;
  shown: readonly RecordField[];
  hidden: readonly RecordField[];
  widthOf: (field: RecordField) => number;
  resize: (key: string, width: number) => void;
  toggle: (key: string) => void;
  move: (key: string, to: number) => void;
  /** As the view has them, or as a list begins. */
  reset: () => void;
}

/** The columns of a list, with or without a saved view. What is changed is kept in this browser until it is saved. */
export function useColumns(noun: Noun, fields: readonly RecordField[], view: View | undefined): Columns {
  const storageKey = `crm.columns.${noun.source.noun}.${view?.id ?? "all"}`;
  const [kept, setKept] = useState<Record<string, Layout | null>>({});
  const base = useMemo<Layout>(
    () => (view && view.columns.length > 0 ? layoutOfView(view) : { shown: noun.firstColumns, widths: {} }),
    [noun, view],
  );
  const own = useMemo(() => (storageKey in kept ? kept[storageKey]! : stored(storageKey)), [kept, storageKey]);
  const layout = own ?? base;
  const shown = useMemo(() => withPinned(noun, fields, layout.shown), [noun, fields, layout.shown]);

  function change(next: Layout | null): void {
    const changed = next && !isSameLayout(next, base) ? next : null;
    setKept((before) => ({ ...before, [storageKey]: changed }));
    if (changed) localStorage.setItem(storageKey, JSON.stringify(changed));
    else localStorage.removeItem(storageKey);
  }

  return {
    layout,
    isChanged: own !== null && own !== undefined,
    shown,
    hidden: fields.filter((field) => field.width > 0 && !shown.includes(field)),
    widthOf: (field) => layout.widths[field.key] ?? field.width,
    resize: (key, width) => change(resizeColumn(layout, key, width)),
    toggle: (key) => change(toggleColumn(layout, key)),
    move: (key, to) => change(moveColumn(layout, key, to)),
    reset: () => change(null),
  };
}

/** The fields of the columns; the pinned one is always there, a field that is gone is left out. */
function withPinned(noun: Noun, fields: readonly RecordField[], keys: readonly string[]): RecordField[] {
  const pinned = noun.firstColumns[0]!;
  const rest = keys.filter((key) => key !== pinned);
  return [pinned, ...rest].flatMap((key) => fields.find((field) => field.key === key && field.width > 0) ?? []);
}

function stored(key: string): Layout | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Partial<Layout> | null;
    return kept && Array.isArray(kept.shown) ? { shown: kept.shown, widths: kept.widths ?? {} } : null;
  } catch {
    // Unreadable: the columns that a list begins with.
    return null;
  }
}
