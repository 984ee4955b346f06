import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { type ListSearch, listParams } from "./list-search";
import type { CrmRecord } from "./record";
import type { RecordPage, Source } from "./source";

const PAGE_SIZE = 200;

export const recordKeys = {
  all: ({ key }: Source) => [key] as const,
  lists: ({ key }: Source) => [key, "list"] as const,
  record: ({ key }: Source, id: string) => [key, "record", id] as const,
  history: ({ key }: Source, id: string) => [key, "history", id] as const,
};

export function recordQuery(source: Source, id: string) {
  return queryOptions({
    queryKey: recordKeys.record(source, id),
    queryFn: ({ signal }): Promise<CrmRecord> => source.get(id, signal),
  });
}

/** Pages of a list by key. Only the first asks for the total: it costs a count. */
export function recordListQuery(source: Source, search: ListSearch) {
  const params = listParams(search);
  return infiniteQueryOptions({
    queryKey: [...recordKeys.lists(source), params],
    queryFn: ({ pageParam, signal }): Promise<RecordPage> =>
      source.list(
        { ...params, limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : { count: "exact" as const }) },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  });
}

/** What was done to a record, newest first. */
export function historyQuery(source: Source, id: string) {
  return infiniteQueryOptions({
    queryKey: recordKeys.history(source, id),
    queryFn: ({ pageParam, signal }) => source.history(id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    meta: { persist: false },
  });
}

type Lists = InfiniteData<RecordPage, string | null>;

/** Writes a record everywhere it is shown; an older version than the one shown is left out. */
export function writeRecord(queryClient: QueryClient, source: Source, record: CrmRecord): void {
  const isOlder = (shown: CrmRecord) => shown.version > record.version;
  queryClient.setQueryData<CrmRecord>(recordKeys.record(source, record.id), (shown) =>
    shown && isOlder(shown) ? shown : record,
  );
  queryClient.setQueriesData<Lists>({ queryKey: recordKeys.lists(source) }, (lists) =>
    mapRows(lists, (row) => (row.id !== record.id || isOlder(row) ? row : record)),
  );
}

/** Takes rows out of every list on screen. */
export function dropFromLists(queryClient: QueryClient, source: Source, ids: ReadonlySet<string>): void {
  queryClient.setQueriesData<Lists>({ queryKey: recordKeys.lists(source) }, (lists) =>
    mapRows(lists, (row) => (ids.has(row.id) ? null : row)),
  );
}

/** The record as it is shown anywhere: opened from a list it paints before it is read. */
export function shownRecord(queryClient: QueryClient, source: Source, id: string): CrmRecord | undefined {
  const record = queryClient.getQueryData<CrmRecord>(recordKeys.record(source, id));
  if (record) return record;
  for (const [, lists] of queryClient.getQueriesData<Lists>({ queryKey: recordKeys.lists(source) })) {
    for (const page of lists?.pages ?? []) {
      const row = page.items.find((item) => item.id === id);
      if (row) return row;
    }
  }
  return undefined;
}

function mapRows(lists: Lists | undefined, change: (row: CrmRecord) => CrmRecord | null): Lists | undefined {
  if (!lists) return lists;
  let dropped = 0;
  let changed = false;
  const pages = lists.pages.map((page) => {
    const items = page.items.flatMap((row) => {
      const next = change(row);
      changed ||= next !== row;
      if (next === null) dropped += 1;
      return next === null ? [] : [next];
    });
    return { ...page, items };
  });
  if (!changed) return lists;
  const first = pages[0];
  if (first?.total !== undefined) pages[0] = { ...first, total: first.total - dropped };
  return { ...lists, pages };
}
