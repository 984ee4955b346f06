import { useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Import } from "@/api/types";
import { toastFailed } from "@/app/feedback";
import { useRefusal } from "@/app/may";
import { cx } from "@/lib/cx";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { GridLine, type GridHands } from "./grid-line";
import { type Cell, movedCell } from "./grid-move";
import { importRowsQuery, mendCell, type Outcome } from "./queries";

const ROW_PX = 32;
/** Rows ahead of the screen that are asked for before they are needed. */
const AHEAD = 100;
const NUMBER_PX = 64;
const PROBLEM_PX = 260;
const CELL_PX = 170;

/** Which cell has the focus, and whether it is being written in. */
interface Place extends Cell {
  editing: boolean;
}

/** The file as a sheet: what is wrong is tinted, and every cell can be mended where it stands. */
export function RowGrid({ job, outcome }: { job: Import; outcome: Outcome }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const refusal = useRefusal({ part: "contacts" });
  // What was brought in is a record of what happened.
  const isReadOnly = Boolean(refusal) || job.status !== "checked";
  const rowsQuery = importRowsQuery(job.id, outcome);
  const { data, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(rowsQuery);
  const rows = data?.pages.flatMap((page) => page.items) ?? [];
  const [place, setPlace] = useState<Place>({ row: 0, column: 0, editing: false });
  const scrollRef = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: ROW_PX,
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

  const hasProblems = outcome === "invalid" || outcome === "conflict";
  const widths = [NUMBER_PX, ...(hasProblems ? [PROBLEM_PX] : []), ...job.columns.map(() => CELL_PX)];
  const template = { gridTemplateColumns: widths.map((width) => `minmax(${width}px, ${width}fr)`).join(" ") };
  const width = widths.reduce((sum, each) => sum + each, 0);

  function go(cell: Cell, editing = false): void {
    setPlace({ ...cell, editing: editing && !isReadOnly });
    virtualizer.scrollToIndex(cell.row, { align: "auto" });
    if (editing) return;
    requestAnimationFrame(() =>
      scrollRef.current?.querySelector<HTMLElement>(`[data-cell="${cell.row}-${cell.column}"]`)?.focus(),
    );
  }

  const hands: GridHands = {
    focus: (cell) => setPlace({ ...cell, editing: false }),
    edit: (cell) => go(cell, true),
    leave: (cell, text, move) => {
      const row = rows[cell.row]!;
      const column = job.columns[cell.column]!.name;
      if (text !== null && text !== (row.cells[cell.column] ?? "")) {
        mendCell(queryClient, job.id, outcome, row, column, text).catch(toastFailed);
      }
      if (move) go(movedCell(cell, move, rows.length, job.columns.length) ?? cell);
      else setPlace({ ...cell, editing: false });
    },
  };

  function onKeyDown(event: KeyboardEvent): void {
    if (place.editing) return;
    const next = movedCell(place, event.key, rows.length, job.columns.length);
    if (!next && event.key !== "Enter" && event.key !== "F2") return;
    event.preventDefault();
    if (next) go(next);
    else go(place, true);
  }

  return (
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus -- its cells are focused, one at a time
    <div
      ref={scrollRef}
      role="grid"
      aria-label={t`Rows of the file`}
      aria-rowcount={rows.length + 1}
      onKeyDown={onKeyDown}
      className="h-[max(16rem,calc(100dvh-24rem))] overflow-auto rounded-lg border"
    >
      <div
        role="row"
        style={{ ...template, minWidth: width }}
        className="sticky top-0 z-1 grid h-row items-center border-b bg-sunken text-sm text-ink-muted"
      >
        <span role="columnheader" className="sticky start-0 bg-sunken px-3">{t`Row`}</span>
        {hasProblems && <span role="columnheader" className="px-2">{t`What is wrong`}</span>}
        {job.columns.map(({ name }) => (
          <span
            key={name}
            role="columnheader"
            title={name}
            className={cx("truncate px-2", !job.mapping[name] && "text-ink-faint line-through")}
          >
            <bdi>{name}</bdi>
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), minWidth: width }} className="relative">
        {items.map((item) => (
          <GridLine
            key={item.key}
            job={job}
            row={rows[item.index]!}
            index={item.index}
            shownIn={outcome}
            hasProblems={hasProblems}
            active={place.row === item.index ? place : null}
            hands={hands}
            style={{ ...template, transform: `translateY(${item.start}px)` }}
          />
        ))}
      </div>
    </div>
  );
}
