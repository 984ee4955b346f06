import { formatDayRange, formatMonth } from "@/lib/format";
import { addDays, addMonths, firstDayOfWeek, monthOf, weekOf } from "./days";
import type { CalendarView } from "./search";

export interface Range {
  /** The days that are drawn. */
  days: Date[];
  title: string;
}

export function rangeOf(view: CalendarView, day: Date): Range {
  if (view === "week") {
    const days = weekOf(day, firstDayOfWeek());
    return { days, title: formatDayRange(days[0]!, days[6]!) };
  }
  if (view === "month") return { days: monthOf(day, firstDayOfWeek()).flat(), title: formatMonth(day) };
  const count = new Date(day.getFullYear(), day.getMonth() + 1, 0).getDate();
  const first = new Date(day.getFullYear(), day.getMonth(), 1);
  return { days: Array.from({ length: count }, (_, index) => addDays(first, index)), title: formatMonth(day) };
}

/** Where the arrows lead. */
export function stepped(view: CalendarView, day: Date, by: 1 | -1): Date {
  return view === "week" ? addDays(day, 7 * by) : addMonths(day, by);
}

/** The next half hour by the clock, on that day: where one begins who asks for something new without saying when. */
export function nextHalfHour(day: Date, now = new Date()): Date {
  const minutes = now.getHours() * 60 + (now.getMinutes() < 30 ? 30 : 60);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 0, minutes);
}
