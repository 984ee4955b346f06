import { useState } from "react";
import { COLUMNS, type ContactField } from "./fields";

const STORAGE_KEY = "crm.people.columns";
const MIN_WIDTH = 72;
const SHOWN_FIRST = ["name", "emails", "phones", "company_id", "title", "tags", "last_activity_at"];

interface Layout {
  /** Keys of the columns shown, in their order; the name is always the first. */
  shown: string[];
  widths: Record<string, number>;
}

function stored(): Layout {
  try {
    const kept = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "null") as Layout | null;
    if (kept && Array.isArray(kept.shown)) return { shown: kept.shown, widths: kept.widths ?? {} };
  } catch {
    // Unreadable: the columns that we begin with.
  }
  return { shown: SHOWN_FIRST, widths: {} };
}

export interface Columns {
  shown: ContactField[];
  hidden: ContactField[];
  widthOf: (field: ContactField) => number;
  resize: (key: string, width: number) => void;
  toggle: (key: string) => void;
  /** By so many places to the end (or, negative, to the start). */
  move: (key: string, by: number) => void;
}

/** Which columns, in which order, how wide. Kept in this browser. */
export function useColumns(): Columns {
  const [layout, setLayout] = useState(stored);

  function change(next: Layout): void {
    setLayout(next);
    localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
  }

  const shown = layout.shown.flatMap((key) => COLUMNS.find((field) => field.key === key) ?? []);
  return {
    shown,
    hidden: COLUMNS.filter((field) => !layout.shown.includes(field.key)),
    widthOf: (field) => layout.widths[field.key] ?? field.width,
    resize: (key, width) =>
      change({ ...layout, widths: { ...layout.widths, [key]: Math.max(MIN_WIDTH, Math.round(width)) } }),
    toggle: (key) => {
      const without = layout.shown.filter((other) => other !== key);
      change({ ...layout, shown: without.length < layout.shown.length ? without : [...layout.shown, key] });
    },
    move: (key, by) => {
      const from = layout.shown.indexOf(key);
      const to = Math.min(Math.max(from + by, 1), layout.shown.length - 1);
      if (from < 1 || from === to) return;
      const next = layout.shown.toSpliced(from, 1);
      change({ ...layout, shown: next.toSpliced(to, 0, key) });
    },
  };
}
