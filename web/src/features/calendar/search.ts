import { dayKey, dayOf } from "./days";
import { type FormKind, isFormKind } from "./event-form";

export type CalendarView = "month" | "week" | "agenda";
export const VIEWS: readonly CalendarView[] = ["month", "week", "agenda"];

/** What the calendar's address holds. */
export interface CalendarSearch {
  view?: CalendarView;
  /** Any day of what is shown. */
  day?: string;
  /** A new one is being made. */
  add?: FormKind;
}

export function validateCalendarSearch(search: Record<string, unknown>): CalendarSearch {
  const day = dayOf(String(search.day ?? ""));
  const view = VIEWS.find((each) => each === search.view);
  const add = String(search.add ?? "");
  return { ...(view && { view }), ...(day && { day: dayKey(day) }), ...(isFormKind(add) && { add }) };
}
