import type { TimelineItem } from "@/api/types";

/** Entries that are shown as one: several changes by one person in a row, or a single entry. */
export interface Entry {
  /** The newest, which gives time and key. */
  head: TimelineItem;
  items: TimelineItem[];
}

const FOLD_WITHIN_MS = 10 * 60_000;

/** Folds runs of edits by the same person, each within ten minutes of the one before. Newest first, as they come. */
export function fold(items: readonly TimelineItem[]): Entry[] {
  const entries: Entry[] = [];
  for (const item of items) {
    const last = entries.at(-1);
    const previous = last?.items.at(-1);
    if (last && previous && isSameRun(previous, item)) last.items.push(item);
    else entries.push({ head: item, items: [item] });
  }
  return entries;
}

function isSameRun(newer: TimelineItem, older: TimelineItem): boolean {
  return (
    newer.kind === "change" &&
    older.kind === "change" &&
    newer.verb === older.verb &&
    newer.verb.endsWith(".changed") &&
    newer.record_id === older.record_id &&
    newer.actor.id === older.actor.id &&
    Date.parse(newer.at) - Date.parse(older.at) < FOLD_WITHIN_MS
  );
}

/** Groups by a heading, in order: `groupBy(entries, ({ head }) => month(head.at))`. */
export function groupBy<T>(items: readonly T[], headingOf: (item: T) => string): { heading: string; items: T[] }[] {
  const groups: { heading: string; items: T[] }[] = [];
  for (const item of items) {
    const heading = headingOf(item);
    const last = groups.at(-1);
    if (last?.heading === heading) last.items.push(item);
    else groups.push({ heading, items: [item] });
  }
  return groups;
}
