import { t } from "@lingui/core/macro";
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { api, ifMatch } from "@/api/client";
import type { View } from "@/api/types";
import { toastFailed } from "@/app/feedback";
import { isSame } from "@/lib/merge-patch";
import { toast } from "@/ui/toast";
import { type Filter, isNoFilter, type ListSearch } from "./list-search";
import { viewsQuery } from "./lookups";
import type { Source } from "./source";

/** One's own views of a noun and the shared ones; the one with that id is pending while it may still arrive. */
export function useViews({ noun }: Source, id: string | undefined) {
  const { data, isFetching } = useQuery(viewsQuery);
  const views: readonly View[] = data?.filter(({ kind }) => kind === noun) ?? [];
  const view = views.find((each) => each.id === id);
  return { views, view, isPending: id !== undefined && !view && isFetching };
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
  const view = await post(queryClient, noun, fields);
  said(queryClient, t`View “${{ name: view.name }}” saved`, () => remove(queryClient, view));
  return view;
}

export async function changeView(queryClient: QueryClient, view: View, fields: Partial<ViewFields>): Promise<void> {
  const changed = await patch(queryClient, view, fields);
  said(queryClient, t`View “${{ name: changed.name }}” saved`, () => patch(queryClient, changed, fieldsOf(view)));
}

/** Undo makes one of the same fields: what is deleted is gone for the server. */
export async function deleteView(queryClient: QueryClient, view: View): Promise<void> {
  await remove(queryClient, view);
  said(queryClient, t`View “${{ name: view.name }}” deleted`, () => post(queryClient, view.kind, fieldsOf(view)));
}

function fieldsOf({ name, shared, columns, sort, filter }: View): ViewFields {
  return { name, shared, columns, sort, filter: filter as Filter | null };
}

async function post(queryClient: QueryClient, kind: View["kind"], fields: ViewFields): Promise<View> {
  const { data } = await api.POST("/api/v1/views", { body: { ...fields, kind } as never });
  queryClient.setQueryData(viewsQuery.queryKey, (views) => [...(views ?? []), data!]);
  return data!;
}

async function patch(queryClient: QueryClient, view: View, fields: Partial<ViewFields>): Promise<View> {
  const { data } = await api.PATCH("/api/v1/views/{view_id}", {
    params: { path: { view_id: view.id }, header: ifMatch(view.version) },
    body: fields as never,
  });
  queryClient.setQueryData(viewsQuery.queryKey, (views) => views?.map((each) => (each.id === view.id ? data! : each)));
  return data!;
}

async function remove(queryClient: QueryClient, view: View): Promise<void> {
  await api.DELETE("/api/v1/views/{view_id}", { params: { path: { view_id: view.id } } });
  queryClient.setQueryData(viewsQuery.queryKey, (views) => views?.filter(({ id }) => id !== view.id));
}

/** Views are no operations that the server takes back: Undo is the opposite change. */
function said(queryClient: QueryClient, title: string, undo: () => Promise<unknown>): void {
  const run = async () => {
    try {
      await undo();
      toast({ title: t`Undone` });
    } catch (error) {
      toastFailed(error);
    }
    await queryClient.invalidateQueries(viewsQuery);
  };
  toast({ title, action: { label: t`Undo`, run: () => void run() } });
}
