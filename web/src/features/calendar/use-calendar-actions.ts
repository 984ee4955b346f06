import { useLingui } from "@lingui/react/macro";
import { useMemo } from "react";
import { type Action, useActions } from "@/app/actions";
import { dayKey, dayOf } from "./days";
import { stepped } from "./range";
import type { CalendarSearch, CalendarView } from "./search";

interface Place {
  view: CalendarView;
  /** `YYYY-MM-DD` */
  day: string;
  /** The phone has the list only. */
  views: readonly { value: CalendarView; label: string }[];
  refusal: string | undefined;
  show: (next: CalendarSearch) => void;
}

const KEYS: Record<CalendarView, string> = { month: "M", week: "W", agenda: "L" };

/** What can be done by key and palette while the calendar is open. `views` and `show` are to keep their identity. */
export function useCalendarActions({ view, day, views, refusal, show }: Place): void {
  const { t } = useLingui();
  useActions(
    useMemo<Action[]>(() => {
      const section = t`Calendar`;
      const step = (by: 1 | -1) => show({ day: dayKey(stepped(view, dayOf(day)!, by)) });
      return [
        {
          id: "calendar-new",
          label: t`New in the calendar`,
          section,
          keys: "N",
          disabledReason: refusal,
          run: () => show({ add: "meeting" }),
        },
        { id: "calendar-today", label: t`Today`, section, keys: "T", run: () => show({ day: dayKey(new Date()) }) },
        { id: "calendar-next", label: t`Next`, section, keys: "J", run: () => step(1) },
        { id: "calendar-back", label: t`Previous`, section, keys: "K", run: () => step(-1) },
        ...views.map(({ value, label }) => ({
          id: `calendar-${value}`,
          label,
          section,
          keys: KEYS[value],
          run: () => show({ view: value }),
        })),
      ];
    }, [t, view, day, views, refusal, show]),
  );
}
