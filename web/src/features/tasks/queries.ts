import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";

/** The server's buckets of open tasks, by the workspace's time zone; in the order in which they are shown. */
export const BUCKETS = ["overdue", "today", "this_week", "later", "no_date"] as const;
export type Bucket = (typeof BUCKETS)[number];

export function tasksQuery(due: Bucket, limit = 50) {
  return queryOptions({
    queryKey: ["events", "tasks", due, limit],
    queryFn: async ({ signal }) => {
      const query = { due, limit, sort: due === "no_date" ? "-created_at" : "due_at", count: "exact" as const };
      return (await api.GET("/api/v1/events", { params: { query }, signal })).data!;
    },
  });
}

/** What stands in the calendar for the next days. */
export function comingQuery(days: number) {
  return queryOptions({
    queryKey: ["events", "coming", days],
    queryFn: async ({ signal }) => {
      const from = new Date();
      const to = new Date(from.getTime() + days * 86_400_000);
      const query = { from: from.toISOString(), to: to.toISOString() };
      return (await api.GET("/api/v1/calendar", { params: { query }, signal })).data!.items;
    },
  });
}
