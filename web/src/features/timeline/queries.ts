import { infiniteQueryOptions, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { CrmEvent, TimelineItem } from "@/api/types";
import type { CalendarData } from "@/features/calendar/queries";

export interface TimelinePage {
  items: TimelineItem[];
  next_cursor: string | null;
}

type TimelineData = InfiniteData<TimelinePage, string | null>;

/** What a timeline is of. */
export interface Subject {
  noun: "contact" | "company";
  id: string;
}

export function timelineQuery({ noun, id }: Subject) {
  return infiniteQueryOptions({
    queryKey: ["timeline", id],
    queryFn: async ({ pageParam, signal }): Promise<TimelinePage> => {
      const of = noun === "contact" ? { contact_id: id } : { company_id: id };
      const query = { ...of, limit: 50, ...(pageParam && { cursor: pageParam }) };
      return (await api.GET("/api/v1/timeline", { params: { query }, signal })).data!;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
}

/** Shows an event in the timeline before the broker has carried it there; the next read replaces it. */
export function showEvent(
  queryClient: QueryClient,
  subject: Subject,
  event: CrmEvent,
  actor: TimelineItem["actor"],
): void {
  const item: TimelineItem = {
    id: event.id,
    noun: "event",
    record_id: event.id,
    operation_kind: null,
    summary: null,
    at: event.created_at,
    kind: event.kind,
    verb: "event.created",
    actor,
    contact_id: subject.noun === "contact" ? subject.id : null,
    version: event.version,
    changes: [],
    operation_id: null,
    event,
  };
  queryClient.setQueryData<TimelineData>(timelineQuery(subject).queryKey, (data) => {
    const first = data?.pages[0];
    if (!data || !first || first.items.some((shown) => shown.event?.id === event.id)) return data;
    return { ...data, pages: data.pages.with(0, { ...first, items: [item, ...first.items] }) };
  });
}

/** Replaces an event where timelines and lists show it. */
export function writeEvent(queryClient: QueryClient, event: CrmEvent): void {
  queryClient.setQueriesData<TimelineData>(
    { queryKey: ["timeline"] },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({
          ...page,
          items: page.items.map((item) => (item.event?.id === event.id ? { ...item, event } : item)),
        })),
      },
  );
  queryClient.setQueriesData<{ items: CrmEvent[] }>(
    { queryKey: ["events", "tasks"] },
    (data) => data && { ...data, items: replaced(data.items, event) },
  );
  queryClient.setQueriesData<CalendarData>(
    { queryKey: ["events", "calendar"] },
    (data) => data && { ...data, tasks: replaced(data.tasks, event) },
  );
}

function replaced(events: CrmEvent[], event: CrmEvent): CrmEvent[] {
  return events.map((shown) => (shown.id === event.id ? event : shown));
}
