import type { CrmEvent } from "@/api/types";
import { addDays, dayKey, startOfDay } from "./days";

/** One appearance of an event in the calendar, in the user's time. */
export interface Entry {
  key: string;
  event: CrmEvent;
  start: Date;
  /** Exclusive; equal to `start` where the event has no end. */
  end: Date;
  /** Stands above the hours: lasts all day, or is a task that is due on it. */
  allDay: boolean;
}

export interface Occurrence {
  event: CrmEvent;
  starts_at: string;
  ends_at: string | null;
}

export function entryOf({ event, starts_at, ends_at }: Occurrence): Entry {
  const start = new Date(starts_at);
  const end = ends_at ? new Date(ends_at) : start;
  return { key: `${event.id}-${starts_at}`, event, start, end, allDay: event.all_day };
}

/** A task stands on the day on which it is due; a recurring one has a start and comes as an occurrence. */
export function taskEntryOf(task: CrmEvent): Entry {
  const due = new Date(task.due_at!);
  return { key: task.id, event: task, start: due, end: due, allDay: true };
}

function byTime(a: Entry, b: Entry): number {
  return Number(b.allDay) - Number(a.allDay) || a.start.getTime() - b.start.getTime() || (a.key < b.key ? -1 : 1);
}

/** Entries by the key of each day that they touch; what lasts all day first, then by time. */
export function byDay(entries: readonly Entry[], from: Date, until: Date): Map<string, Entry[]> {
  const days = new Map<string, Entry[]>();
  for (const entry of [...entries].sort(byTime)) {
    const last = new Date(Math.max(entry.start.getTime(), entry.end.getTime() - 1));
    const first = startOfDay(entry.start < from ? from : entry.start);
    for (let day = first; day <= last && day < until; day = addDays(day, 1)) {
      const key = dayKey(day);
      const present = days.get(key);
      if (present) present.push(entry);
      else days.set(key, [entry]);
    }
  }
  return days;
}

export interface Placed {
  entry: Entry;
  /** Shares of the day, 0 to 1. */
  top: number;
  height: number;
  /** Beside others of the same time: which of how many columns. */
  column: number;
  columns: number;
}

const DAY_MINUTES = 24 * 60;
/** What is shorter is drawn this long, so that its title can be read. */
const LEAST_MINUTES = 30;

/** Lays the hours of one day out: entries that overlap stand side by side. Minutes are those of the clock. */
export function layOut(entries: readonly Entry[], day: Date): Placed[] {
  const spans = entries
    .filter((entry) => !entry.allDay)
    .map((entry) => ({ entry, ...clockSpan(entry, day) }))
    .sort((a, b) => a.from - b.from || b.until - a.until);
  const placed: Placed[] = [];
  let cluster: { placed: Placed; until: number }[] = [];
  let clusterUntil = 0;
  const close = () => {
    const columns = Math.max(0, ...cluster.map((each) => each.placed.column + 1));
    for (const each of cluster) each.placed.columns = columns;
    cluster = [];
  };
  for (const { entry, from, until } of spans) {
    if (from >= clusterUntil) close();
    const taken = new Set(cluster.filter((each) => each.until > from).map((each) => each.placed.column));
    let column = 0;
    while (taken.has(column)) column += 1;
    const next = { entry, top: from / DAY_MINUTES, height: (until - from) / DAY_MINUTES, column, columns: 1 };
    cluster.push({ placed: next, until });
    clusterUntil = cluster.length === 1 ? until : Math.max(clusterUntil, until);
    placed.push(next);
  }
  close();
  return placed;
}

/** Minutes of the day's clock between which the entry is drawn. */
function clockSpan({ start, end }: Entry, day: Date): { from: number; until: number } {
  const next = addDays(day, 1);
  const minutes = (date: Date) => date.getHours() * 60 + date.getMinutes();
  const from = start < day ? 0 : minutes(start);
  const until = end >= next ? DAY_MINUTES : Math.max(minutes(end), from);
  const shown = Math.max(until, from + LEAST_MINUTES);
  return { from: Math.min(from, DAY_MINUTES - LEAST_MINUTES), until: Math.min(shown, DAY_MINUTES) };
}
