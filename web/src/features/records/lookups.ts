import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";

export const tagsQuery = queryOptions({
  queryKey: ["tags"],
  queryFn: async ({ signal }) => (await api.GET("/api/v1/tags", { signal })).data!.items,
  staleTime: 60_000,
});

/** The fields that the workspace added to people and companies. */
export const customFieldsQuery = queryOptions({
  queryKey: ["fields"],
  queryFn: async ({ signal }) => (await api.GET("/api/v1/fields", { signal })).data!.items,
  staleTime: 60_000,
});

/** One's own saved views and the shared ones, of every noun. */
export const viewsQuery = queryOptions({
  queryKey: ["views"],
  queryFn: async ({ signal }) => (await api.GET("/api/v1/views", { signal })).data!.items,
  // An address may name a view that was saved a moment ago, elsewhere.
  staleTime: 0,
});

/** Companies whose name or domain is like the text. */
export function companyLookup(q: string) {
  return queryOptions({
    queryKey: ["companies", "lookup", q],
    queryFn: async ({ signal }) =>
      (await api.GET("/api/v1/companies", { params: { query: { limit: 20, sort: "name", ...(q && { q }) } }, signal }))
        .data!.items,
    placeholderData: keepPreviousData,
    meta: { persist: false },
  });
}

export async function createCompany(name: string) {
  return (await api.POST("/api/v1/companies", { body: { name } })).data!;
}
