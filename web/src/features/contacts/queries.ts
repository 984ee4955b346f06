import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Contact } from "@/api/types";
import { type ListSearch, listParams } from "./list-search";

const PAGE_SIZE = 200;

export interface ContactPage {
  items: Contact[];
  next_cursor: string | null;
  total?: number;
}

export const contactKeys = {
  lists: ["contacts", "list"] as const,
  record: (id: string) => ["contacts", "record", id] as const,
};

export function contactQuery(id: string) {
  return queryOptions({
    queryKey: contactKeys.record(id),
    queryFn: async ({ signal }): Promise<Contact> =>
      (await api.GET("/api/v1/contacts/{contact_id}", { params: { path: { contact_id: id } }, signal })).data!,
  });
}

/** Pages of a list by key. Only the first asks for the total: it costs a count. */
export function contactListQuery(search: ListSearch) {
  const params = listParams(search);
  return infiniteQueryOptions({
    queryKey: [...contactKeys.lists, params],
    queryFn: async ({ pageParam, signal }): Promise<ContactPage> => {
      const query = {
        ...params,
        limit: PAGE_SIZE,
        ...(pageParam ? { cursor: pageParam } : { count: "exact" as const }),
      };
      return (await api.GET("/api/v1/contacts", { params: { query }, signal })).data!;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  });
}

type Lists = InfiniteData<ContactPage, string | null>;

/** Writes a record everywhere it is shown; an older version than the one shown is left out. */
export function writeContact(queryClient: QueryClient, contact: Contact): void {
  const isOlder = (shown: Contact) => shown.version > contact.version;
  queryClient.setQueryData<Contact>(contactKeys.record(contact.id), (shown) =>
    shown && isOlder(shown) ? shown : contact,
  );
  queryClient.setQueriesData<Lists>({ queryKey: contactKeys.lists }, (lists) =>
    mapRows(lists, (row) => (row.id !== contact.id || isOlder(row) ? row : contact)),
  );
}

/** Takes rows out of every list on screen. */
export function dropFromLists(queryClient: QueryClient, ids: ReadonlySet<string>): void {
  queryClient.setQueriesData<Lists>({ queryKey: contactKeys.lists }, (lists) =>
    mapRows(lists, (row) => (ids.has(row.id) ? null : row)),
  );
}

/** The record as it is shown anywhere: opened from a list it paints before it is read. */
export function shownContact(queryClient: QueryClient, id: string): Contact | undefined {
  const record = queryClient.getQueryData<Contact>(contactKeys.record(id));
  if (record) return record;
  for (const [, lists] of queryClient.getQueriesData<Lists>({ queryKey: contactKeys.lists })) {
    for (const page of lists?.pages ?? []) {
      const row = page.items.find((item) => item.id === id);
      if (row) return row;
    }
  }
  return undefined;
}

function mapRows(lists: Lists | undefined, change: (row: Contact) => Contact | null): Lists | undefined {
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
