import { t } from "@lingui/core/macro";
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { api, ifMatch, operationOf } from "@/api/client";
import type { View } from "@/api/types";
import { toastDone } from "@/app/feedback";
import { isSame } from "@/lib/merge-patch";
import { type Filter, isNoFilter, type ListSearch } from "./list-search";
import { viewsQuery } from "./lookups";
import type { Source } from "./source";

/** One's own views of a noun and the shared ones. */
export function useViews({ noun }: Source): { views: readonly View[]; isPending: boolean } {
  const { data, isPending } = useQuery(viewsQuery);
  return { views: data?.filter(({ kind }) => kind === noun) ?? [], isPending };
}

/** What the list shows: the view, and over it what the address changes. */
export function effectiveSearch(search: ListSearch, view: View | undefined): ListSearch {
  const filter = search.filter ?? (view?.filter as Filter | null | undefined) ?? undefined;
  return {
    ...search,
    sort: search.sort ?? view?.sort ?? undefined,
    filter: isNoFilter(filter) ? undefined : filter,
  };
}

/** Whether the address says something else than the view does. */
export function isViewChanged({ sort, filter }: ListSearch, view: View | undefined): boolean {
  const shown = isNoFilter(filter) ? null : filter;
  return (sort !== undefined && sort !== view?.sort) || (filter !== undefined && !isSame(shown, view?.filter ?? null));
}

export interface ViewFields {
  name: string;
  shared: boolean;
  columns: View["columns"];
  sort: string | null;
  filter: Filter | null;
}

export async function createView(queryClient: QueryClient, { noun }: Source, fields: ViewFields): Promise<View> {
  const { data, response } = await api.POST("/api/v1/views", { body: { ...fields, kind: noun } as never });
  await said(queryClient, t`View “${{ name: fields.name }}” saved`, response);
  return data!;
}

export async function changeView(queryClient: QueryClient, view: View, fields: Partial<ViewFields>): Promise<void> {
  const { response } = await api.PATCH("/api/v1/views/{view_id}", {
    params: { path: { view_id: view.id }, header: ifMatch(view.version) },
    body: fields as never,
  });
  await said(queryClient, t`View “${{ name: fields.name ?? view.name }}” saved`, response);
}

export async function deleteView(queryClient: QueryClient, view: View): Promise<void> {
  const { response } = await api.DELETE("/api/v1/views/{view_id}", { params: { path: { view_id: view.id } } });
  await said(queryClient, t`View “${{ name: view.name }}” deleted`, response);
}

async function said(queryClient: QueryClient, title: string, response: Response): Promise<void> {
  toastDone(queryClient, title, operationOf(response));
  await queryClient.invalidateQueries(viewsQuery);
}
