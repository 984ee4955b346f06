import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { CrmEvent } from "@/api/types";
import { type Entry, entryOf, type Occurrence, taskEntryOf } from "./entries";

/** More tasks than this in six weeks stand in the list of tasks only. */
const TASKS_MAX = 200;

/** What stands in the calendar from one instant to another: occurrences, and tasks on the day on which they are due. */
export function calendarQuery(from: Date, until: Date) {
  const [since, before] = [from.toISOString(), until.toISOString()];
  return queryOptions({
    queryKey: ["events", "calendar", since, before],
    queryFn: async ({ signal }): Promise<CalendarData> => {
      const [occurrences, tasks] = await Promise.all([
        api.GET("/api/v1/calendar", { params: { query: { from: since, to: before } }, signal }),
        api.GET("/api/v1/events", { params: { query: tasksDue(since, before) }, signal }),
      ]);
      return { occurrences: occurrences.data!, tasks: tasks.data!.items.filter((task) => task.starts_at === null) };
    },
    select: entriesOf,
    placeholderData: keepPreviousData,
    meta: { persist: false },
  });
}

export interface CalendarData {
  occurrences: { items: Occurrence[]; truncated: boolean };
  tasks: CrmEvent[];
}

function entriesOf({ occurrences, tasks }: CalendarData): { entries: Entry[]; truncated: boolean } {
  return { entries: [...occurrences.items.map(entryOf), ...tasks.map(taskEntryOf)], truncated: occurrences.truncated };
}

function tasksDue(since: string, before: string) {
  const filter = {
    and: [
      { field: "kind", op: "eq", value: "task" },
      { field: "due_at", op: "gte", value: since },
      { field: "due_at", op: "lt", value: before },
    ],
  };
  return { filter: JSON.stringify(filter), sort: "due_at", limit: TASKS_MAX };
}

/** People whose name or address is like the text. */
export function peopleLookup(q: string) {
  return queryOptions({
    queryKey: ["contacts", "lookup", q],
    queryFn: async ({ signal }) =>
      (await api.GET("/api/v1/contacts", { params: { query: { limit: 10, ...(q && { q }) } }, signal })).data!.items,
    placeholderData: keepPreviousData,
    meta: { persist: false },
  });
}
