import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";

const SHOWN = 6;

/** Keys begin with the noun, so that a fact about it makes them stale. */
export const recentQuery = queryOptions({
  queryKey: ["contacts", "recent"],
  queryFn: async ({ signal }) =>
    (await api.GET("/api/v1/contacts", { params: { query: { limit: 1 } }, signal })).data!.items,
});

export const firstEventQuery = queryOptions({
  queryKey: ["events", "first"],
  queryFn: async ({ signal }) =>
    (await api.GET("/api/v1/events", { params: { query: { limit: 1 } }, signal })).data!.items,
});

export const quietQuery = queryOptions({
  queryKey: ["contacts", "quiet"],
  queryFn: async ({ signal }) => {
    const filter = JSON.stringify({ not: { field: "last_activity_at", op: "last_days", value: 60 } });
    const query = { limit: SHOWN, sort: "last_activity_at", filter };
    const { items } = (await api.GET("/api/v1/contacts", { params: { query }, signal })).data!;
    return items.filter((contact) => contact.last_activity_at !== null);
  },
});

export const activityQuery = queryOptions({
  queryKey: ["operations", "newest"],
  queryFn: async ({ signal }) =>
    (await api.GET("/api/v1/operations", { params: { query: { limit: 8 } }, signal })).data!.items,
});
