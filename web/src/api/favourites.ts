import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client";
import type { Favourite } from "./types";

export const favouritesQuery = queryOptions({
  queryKey: ["favourites"],
  queryFn: async ({ signal }) => (await api.GET("/api/v1/favourites", { signal })).data!.items,
  staleTime: 5 * 60_000,
});

/** Whether a record or view is at hand in the sidebar, and the switch for it. Failing is the caller's to say. */
export function useFavourite(kind: Favourite["kind"], id: string, title: string) {
  const queryClient = useQueryClient();
  const { data = [] } = useQuery(favouritesQuery);
  const favourite = data.find((each) => each.kind === kind && each.record_id === id);
  return {
    isFavourite: favourite !== undefined,
    toggle: () => (favourite ? remove(queryClient, favourite) : add(queryClient, kind, id, title)),
  };
}

async function add(queryClient: QueryClient, kind: Favourite["kind"], record_id: string, title: string): Promise<void> {
  const shown = { id: record_id, kind, record_id, title } as Favourite;
  show(queryClient, (items) => [...items, shown]);
  await settle(queryClient, api.POST("/api/v1/favourites", { body: { kind, record_id } }));
}

async function remove(queryClient: QueryClient, favourite: Favourite): Promise<void> {
  show(queryClient, (items) => items.filter(({ id }) => id !== favourite.id));
  await settle(
    queryClient,
    api.DELETE("/api/v1/favourites/{favourite_id}", { params: { path: { favourite_id: favourite.id } } }),
  );
}

function show(queryClient: QueryClient, change: (items: Favourite[]) => Favourite[]): void {
  queryClient.setQueryData(favouritesQuery.queryKey, (items) => change(items ?? []));
}

/** What the server says counts, also when it refuses. */
async function settle(queryClient: QueryClient, request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } finally {
    await queryClient.invalidateQueries(favouritesQuery);
  }
}
