import { addDays, firstDayOfWeek, startOfWeek } from "@/features/calendar/days";

/** The end of a day where the user is: until then a task is in time. */
export function endOfDay(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 23, 59);
}

export interface DueChoice {
  id: "today" | "tomorrow" | "next_week";
  due: Date;
}

/** Next week is its first day, as the locale counts; on the day before, that would be tomorrow once more. */
export function dueChoices(now: Date, firstDay = firstDayOfWeek()): DueChoice[] {
  const tomorrow = addDays(now, 1);
  // Where weeks begin on a Sunday, work begins on Monday all the same.
  const monday = addDays(startOfWeek(now, firstDay), firstDay === 7 ? 8 : 7);
  const choices: DueChoice[] = [
    { id: "today", due: endOfDay(now) },
    { id: "tomorrow", due: endOfDay(tomorrow) },
  ];
  if (monday > tomorrow) choices.push({ id: "next_week", due: endOfDay(monday) });
  return choices;
}
