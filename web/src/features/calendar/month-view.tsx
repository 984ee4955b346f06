import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, useRef } from "react";
import { cx } from "@/lib/cx";
import { daysFromToday, formatDayNumber, formatLongDay, formatNumber, formatWeekday } from "@/lib/format";
import { addDays, addMonths, dayKey, firstDayOfWeek, monthOf } from "./days";
import type { Entry } from "./entries";
import { EntryButton } from "./entry-button";

interface MonthViewProps {
  /** The one that the arrow keys move. */
  day: Date;
  entries: Map<string, Entry[]>;
  onDay: (day: Date) => void;
  onWeek: (day: Date) => void;
  onAdd: (day: Date) => void;
  onEdit: (entry: Entry) => void;
}

/** As many as fit into a cell of the usual window; the rest is a press away. */
const SHOWN = 3;

function moved(day: Date, key: string): Date | null {
  const inline = document.documentElement.dir === "rtl" ? -1 : 1;
  const steps: Record<string, Date> = {
    ArrowLeft: addDays(day, -inline),
    ArrowRight: addDays(day, inline),
    ArrowUp: addDays(day, -7),
    ArrowDown: addDays(day, 7),
    PageUp: addMonths(day, -1),
    PageDown: addMonths(day, 1),
  };
  return steps[key] ?? null;
}

/** Six weeks. Arrows go from day to day, Enter adds to it; a press on a day's empty part does so, too. */
export function MonthView({ day, entries, onDay, onWeek, onAdd, onEdit }: MonthViewProps) {
  const { t } = useLingui();
  const gridRef = useRef<HTMLDivElement>(null);
  const weeks = monthOf(day, firstDayOfWeek());

  function move(event: KeyboardEvent): void {
    const next = moved(day, event.key);
    if (!next || !(event.target instanceof HTMLElement) || !event.target.dataset.day) return;
    event.preventDefault();
    onDay(next);
    requestAnimationFrame(() => gridRef.current?.querySelector<HTMLElement>(`[data-day="${dayKey(next)}"]`)?.focus());
  }

  return (
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus -- the days inside are focused, one at a time
    <div
      ref={gridRef}
      role="grid"
      aria-label={t`Month`}
      onKeyDown={move}
      className="flex min-h-0 flex-1 flex-col overflow-y-auto"
    >
      <div role="row" className="grid shrink-0 grid-cols-7 border-b">
        {weeks[0]!.map((each) => (
          <div key={each.getDay()} role="columnheader" className="px-2 py-1 text-sm text-ink-faint">
            {formatWeekday(each)}
          </div>
        ))}
      </div>
      {weeks.map((week) => (
        <div key={dayKey(week[0]!)} role="row" className="grid min-h-27 flex-1 grid-cols-7 border-b last:border-0">
          {week.map((each) => (
            <DayCell
              key={dayKey(each)}
              day={each}
              isOther={each.getMonth() !== day.getMonth()}
              isCurrent={dayKey(each) === dayKey(day)}
              entries={entries.get(dayKey(each)) ?? []}
              onWeek={onWeek}
              onAdd={onAdd}
              onEdit={onEdit}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface DayCellProps extends Pick<MonthViewProps, "onWeek" | "onAdd" | "onEdit"> {
  day: Date;
  isOther: boolean;
  isCurrent: boolean;
  entries: readonly Entry[];
}

function DayCell({ day, isOther, isCurrent, entries, onWeek, onAdd, onEdit }: DayCellProps) {
  const { t } = useLingui();
  const isToday = daysFromToday(dayKey(day)) === 0;
  const shown = entries.length > SHOWN + 1 ? entries.slice(0, SHOWN) : entries;
  const rest = entries.length - shown.length;
  const count = formatNumber(rest);
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the day's button does the same by keyboard
    <div
      role="gridcell"
      onClick={() => onAdd(day)}
      className={cx("flex min-w-0 flex-col gap-0.5 border-e p-1 last:border-e-0", isOther && "bg-canvas")}
    >
      <button
        type="button"
        data-day={dayKey(day)}
        tabIndex={isCurrent ? 0 : -1}
        aria-label={t`${{ day: formatLongDay(day) }}: add`}
        aria-current={isToday ? "date" : undefined}
        onClick={(event) => {
          event.stopPropagation();
          onAdd(day);
        }}
        className={cx(
          "flex h-5 min-w-5 items-center justify-center self-start rounded-full px-1 text-sm tabular",
          isToday ? "bg-accent font-semibold text-on-accent" : isOther ? "text-ink-faint" : "text-ink-muted",
        )}
      >
        {formatDayNumber(day)}
      </button>
      {shown.map((entry) => (
        <EntryButton key={entry.key} entry={entry} onEdit={onEdit} />
      ))}
      {rest > 0 && (
        <button
          type="button"
          onClick={(event) => {
            event.stopPropagation();
            onWeek(day);
          }}
          className="h-5 rounded-sm px-1.5 text-start text-sm text-ink-muted hover:bg-hover"
        >
          {t`${count} more`}
        </button>
      )}
    </div>
  );
}
