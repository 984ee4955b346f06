import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CalendarDays, ChevronLeft, ChevronRight, Plus } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { explain } from "@/api/errors";
import { Page } from "@/app/layout/page";
import { useRefusal } from "@/app/may";
import { paths } from "@/app/paths";
import { useIsPhone } from "@/lib/use-media";
import { Banner } from "@/ui/banner";
import { Button, IconButton } from "@/ui/button";
import { Segmented } from "@/ui/segmented";
import { Agenda } from "./agenda";
import { addDays, dayKey, dayOf, startOfDay } from "./days";
import { byDay, type Entry } from "./entries";
import type { Subject } from "./event-dialog";
import { MonthView } from "./month-view";
import { calendarQuery } from "./queries";
import { nextHalfHour, rangeOf, stepped } from "./range";
import { type CalendarSearch, type CalendarView, validateCalendarSearch } from "./search";
import { useCalendarActions } from "./use-calendar-actions";
import { WeekView } from "./week-view";

const loadEventDialog = () => import("./event-dialog");
const EventDialog = lazy(loadEventDialog);

export function CalendarPage() {
  const { t } = useLingui();
  const navigate = useNavigate({ from: paths.calendar });
  const isPhone = useIsPhone();
  const refusal = useRefusal({ part: "events" });
  const search = useSearch({ from: "/inside/calendar" });
  const [opened, setOpened] = useState<Subject | null>(null);
  const day = dayOf(search.day) ?? startOfDay(new Date());
  const view: CalendarView = isPhone ? "agenda" : (search.view ?? "month");
  const { days, title } = rangeOf(view, day);
  const [from, until] = [days[0]!, addDays(days.at(-1)!, 1)];
  const { data, error, isPending, refetch } = useQuery(calendarQuery(from, until));
  const entries = byDay(data?.entries ?? [], from, until);
  const views = useMemo(
    () =>
      isPhone
        ? []
        : [
            { value: "month" as const, label: t`Month` },
            { value: "week" as const, label: t`Week` },
            { value: "agenda" as const, label: t`List` },
          ],
    [t, isPhone],
  );
  const show = useCallback(
    (next: CalendarSearch) => void navigate({ search: (present) => ({ ...present, ...next }), replace: true }),
    [navigate],
  );
  useCalendarActions({ view, day: dayKey(day), views, refusal, show });

  // Here before it is asked for: who presses Enter and types on loses no letter to a download.
  useEffect(() => void loadEventDialog(), []);

  const add = (start: Date) => refusal || setOpened({ kind: "meeting", start });
  const edit = ({ event }: Entry) => setOpened({ event });
  // The address asks for a new one: the palette and the phone's + do it from anywhere.
  const asked: Subject | null = search.add ? { kind: search.add, start: nextHalfHour(day) } : null;
  const subject = opened ?? asked;
  const close = () => {
    setOpened(null);
    if (search.add) void navigate({ search: ({ view, day }) => validateCalendarSearch({ view, day }), replace: true });
  };
  const step = (by: 1 | -1) => show({ day: dayKey(stepped(view, day, by)) });

  return (
    <Page
      title={t`Calendar`}
      icon={CalendarDays}
      fixed
      actions={
        <>
          {!isPhone && (
            <Segmented label={t`View`} options={views} value={view} onChange={(next) => show({ view: next })} />
          )}
          <Button
            variant="primary"
            size="sm"
            icon={Plus}
            disabledReason={refusal}
            onClick={() => void add(nextHalfHour(day))}
          >
            {t`New`}
          </Button>
        </>
      }
    >
      <div className="flex h-bar shrink-0 items-center gap-1 border-b px-3">
        <IconButton
          size="sm"
          icon={ChevronLeft}
          label={t`Previous`}
          keys="K"
          className="rtl:-scale-x-100"
          onClick={() => step(-1)}
        />
        <IconButton
          size="sm"
          icon={ChevronRight}
          label={t`Next`}
          keys="J"
          className="rtl:-scale-x-100"
          onClick={() => step(1)}
        />
        <Button size="sm" variant="ghost" onClick={() => show({ day: dayKey(new Date()) })}>{t`Today`}</Button>
        <h2 aria-live="polite" className="ms-1 truncate text-md font-semibold">
          {title}
        </h2>
      </div>
      {error && !data && (
        <div className="p-3">
          <Banner tone="warn" action={<Button size="sm" onClick={() => void refetch()}>{t`Try again`}</Button>}>
            {explain(error).title}. {explain(error).description}
          </Banner>
        </div>
      )}
      {data?.truncated && (
        <div className="p-3">
          <Banner tone="warn">{t`There is more in this time than can be shown. Look at a week of it.`}</Banner>
        </div>
      )}
      {view === "month" && (
        <MonthView
          day={day}
          entries={entries}
          onDay={(next) => show({ day: dayKey(next) })}
          onWeek={(next) => show({ view: "week", day: dayKey(next) })}
          onAdd={(on) => void add(nextHalfHour(on))}
          onEdit={edit}
        />
      )}
      {view === "week" && <WeekView days={days} entries={entries} onAdd={add} onEdit={edit} />}
      {view === "agenda" && (
        <Agenda
          days={days}
          entries={entries}
          isPending={isPending}
          onEdit={edit}
          onAdd={refusal ? undefined : () => void add(nextHalfHour(day))}
        />
      )}
      <Suspense>
        {subject && (
          <EventDialog key={"event" in subject ? subject.event.id : "new"} subject={subject} onClose={close} />
        )}
      </Suspense>
    </Page>
  );
}
