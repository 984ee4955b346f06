import { useLingui } from "@lingui/react/macro";
import { type MouseEvent, useLayoutEffect, useRef } from "react";
import { cx } from "@/lib/cx";
import { daysFromToday, formatDayNumber, formatHour, formatLongDay, formatWeekday } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import { dayKey } from "./days";
import { type Entry, layOut } from "./entries";
import { EntryButton } from "./entry-button";

interface WeekViewProps {
  days: readonly Date[];
  entries: Map<string, Entry[]>;
  onAdd: (start: Date) => void;
  onEdit: (entry: Entry) => void;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** The hour at the top when one comes in. */
const FIRST_SHOWN_HOUR = 7;
/** Room for a second line: three quarters of an hour. */
const TALL = 0.75 / 24;
const COLUMNS = "grid grid-cols-[3.5rem_repeat(7,minmax(0,1fr))]";

/** Seven days by the hour. A press on an hour adds there; by keyboard the day's head does, and the form says when. */
export function WeekView({ days, entries, onAdd, onEdit }: WeekViewProps) {
  const { t } = useLingui();
  const scrollRef = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const scroller = scrollRef.current!;
    scroller.scrollTop = (scroller.scrollHeight / 24) * FIRST_SHOWN_HOUR;
  }, []);
  const on = (day: Date) => entries.get(dayKey(day)) ?? [];
  const addAt = (day: Date, hour: number) =>
    onAdd(new Date(day.getFullYear(), day.getMonth(), day.getDate(), Math.floor(hour), (hour % 1) * 60));

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className={cx(COLUMNS, "shrink-0 [scrollbar-gutter:stable] border-b")}>
        <span />
        {days.map((day) => (
          <div key={dayKey(day)} className="flex min-w-0 flex-col gap-0.5 border-s p-1">
            <button
              type="button"
              aria-current={isToday(day) ? "date" : undefined}
              onClick={() => addAt(day, 9)}
              className="flex items-center gap-1.5 self-start rounded-sm px-1 text-sm text-ink-muted hover:bg-hover"
            >
              {formatWeekday(day)}
              <span
                className={cx(
                  "flex h-5 min-w-5 items-center justify-center rounded-full px-1 tabular",
                  isToday(day) && "bg-accent font-semibold text-on-accent",
                )}
              >
                {formatDayNumber(day)}
              </span>
              <span className="sr-only">{t`${{ day: formatLongDay(day) }}: add`}</span>
            </button>
            {on(day)
              .filter((entry) => entry.allDay)
              .map((entry) => (
                <EntryButton key={entry.key} entry={entry} onEdit={onEdit} />
              ))}
          </div>
        ))}
      </div>
      {/* Scrolled by keyboard as well: it may hold nothing that takes the focus. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scrollRef} role="region" aria-label={t`Hours`} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto">
        <div className={cx(COLUMNS, "relative h-288")}>
          <div aria-hidden className="relative">
            {HOURS.slice(1).map((hour) => (
              <span
                key={hour}
                style={{ top: `${(hour / 24) * 100}%` }}
                className="absolute end-2 -translate-y-1/2 text-xs text-ink-faint tabular"
              >
                {formatHour(new Date(2000, 0, 1, hour))}
              </span>
            ))}
          </div>
          {days.map((day) => (
            <DayColumn
              key={dayKey(day)}
              day={day}
              entries={on(day)}
              onEdit={onEdit}
              onAdd={(hour) => addAt(day, hour)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function isToday(day: Date): boolean {
  return daysFromToday(dayKey(day)) === 0;
}

interface DayColumnProps {
  day: Date;
  entries: readonly Entry[];
  /** Hours since midnight, in halves. */
  onAdd: (hour: number) => void;
  onEdit: (entry: Entry) => void;
}

function DayColumn({ day, entries, onAdd, onEdit }: DayColumnProps) {
  function addHere(event: MouseEvent<HTMLElement>): void {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    onAdd(Math.floor(((event.clientY - top) / height) * 48) / 2);
  }
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the day's head does the same by keyboard
    <div onClick={addHere} className="relative border-s">
      {HOURS.map((hour) => (
        <span
          key={hour}
          aria-hidden
          style={{ top: `${(hour / 24) * 100}%` }}
          className="absolute inset-x-0 border-t first:border-0"
        />
      ))}
      {layOut(entries, day).map(({ entry, top, height, column, columns }) => (
        <EntryButton
          key={entry.key}
          entry={entry}
          tall={height >= TALL}
          onEdit={onEdit}
          className="absolute border border-surface"
          style={{
            top: `${top * 100}%`,
            height: `${height * 100}%`,
            insetInlineStart: `${(column / columns) * 100}%`,
            width: `${100 / columns}%`,
          }}
        />
      ))}
      {isToday(day) && <NowLine />}
    </div>
  );
}

function NowLine() {
  const now = useNow(60_000);
  const share = (now.getHours() * 60 + now.getMinutes()) / (24 * 60);
  return (
    <span
      aria-hidden
      style={{ top: `${share * 100}%` }}
      className="pointer-events-none absolute inset-x-0 border-t-2 border-danger"
    />
  );
}
