import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ListSearch } from "./list-search";
import { recordListQuery } from "./queries";
import type { CrmRecord } from "./record";
import type { Source } from "./source";

/** The rows of a list that are loaded, and how many there are in all. Null while it is not known which list it is. */
export function useRows(source: Source, search: ListSearch | null) {
  const query = useInfiniteQuery({ ...recordListQuery(source, search ?? {}), enabled: search !== null });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, isFetchNextPageError } = query;
  const rows = useMemo<CrmRecord[]>(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const total = data?.pages[0]?.total ?? rows.length;
  return {
    rows,
    // Rows that are still to come hold their place, so that the scroll bar tells the truth.
    count: hasNextPage ? Math.max(total, rows.length + 1) : rows.length,
    total,
    error: query.error,
    isPending: query.isPending,
    /** The rows are those of the search before. */
    isStale: query.isPlaceholderData,
    refetch: query.refetch,
    /** Loads on until row `index` is there. */
    reach(index: number): void {
      if (index >= rows.length && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
    },
  };
}

export type Rows = ReturnType<typeof useRows>;
