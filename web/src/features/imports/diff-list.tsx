import { useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { Import, ImportRow } from "@/api/types";
import { useShownValue } from "@/features/records/values";
import { formatNumber } from "@/lib/format";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { targetLabel } from "./mapping";
import { importRowsQuery } from "./queries";

const LEAST_PX = 37;
const AHEAD = 60;

/** What the rows would change in people who are there already: old and new, field by field. */
export function DiffList({ job }: { job: Import }) {
  const { t } = useLingui();
  const { data, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    importRowsQuery(job.id, "update"),
  );
  const rows = data?.pages.flatMap((page) => page.items) ?? [];
  const scrollRef = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => LEAST_PX,
    overscan: 8,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastIndex + AHEAD >= rows.length) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, lastIndex, rows.length, fetchNextPage]);

  if (isPending) {
    return (
      <div className="py-4">
        <SkeletonLines lines={8} label={t`Loading`} />
      </div>
    );
  }
  if (rows.length === 0) return <EmptyState kind="filtered" title={t`No rows here`} />;
  return (
    <div
      ref={scrollRef}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keyboard as well
      tabIndex={0}
      role="region"
      aria-label={t`What would change`}
      className="h-[max(16rem,calc(100dvh-24rem))] overflow-y-auto rounded-lg border"
    >
      <ul style={{ height: virtualizer.getTotalSize() }} className="relative">
        {items.map((item) => (
          <li
            key={item.key}
            ref={virtualizer.measureElement}
            data-index={item.index}
            style={{ transform: `translateY(${item.start}px)` }}
            className="absolute inset-x-0 top-0 flex gap-3 border-b px-3 py-2"
          >
            <span className="w-16 shrink-0 text-ink-faint tabular">
              {t`Row ${{ count: formatNumber(rows[item.index]!.row) }}`}
            </span>
            <Diff row={rows[item.index]!} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Diff({ row }: { row: ImportRow }) {
  const shown = useShownValue();
  return (
    <p className="flex min-w-0 flex-1 flex-wrap gap-x-4 gap-y-0.5">
      {row.changes.map(({ field, from, to }) => {
        const old = shown(field, from);
        return (
          <span key={field} className="inline-flex max-w-full min-w-0 items-baseline gap-1.5">
            <span className="text-sm text-ink-faint">{targetLabel(field)}</span>
            {old && (
              <del className="truncate text-ink-faint">
                <bdi>{old}</bdi>
              </del>
            )}
            <bdi className="truncate">{shown(field, to)}</bdi>
          </span>
        );
      })}
    </p>
  );
}
