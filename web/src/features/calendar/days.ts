/** Arithmetic on days where the user is. A day is its local midnight; `new Date(y, m, d)` keeps to it over summer time. */

/** `YYYY-MM-DD`: how the address and the maps of this folder name a day. */
export function dayKey(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The day of a key; null for what is none, as an address may hold anything. */
export function dayOf(key: string | undefined): Date | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key ?? "");
  if (!parts) return null;
  const date = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  return dayKey(date) === key ? date : null;
}

export function startOfDay(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

export function addDays(date: Date, days: number): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

/** The same day of another month, or that month's last day where it is shorter. */
export function addMonths(date: Date, months: number): Date {
  const lastDay = new Date(date.getFullYear(), date.getMonth() + months + 1, 0).getDate();
  return new Date(date.getFullYear(), date.getMonth() + months, Math.min(date.getDate(), lastDay));
}

interface WeekInfo {
  firstDay: number;
}
type LocaleWithWeek = Intl.Locale & { getWeekInfo?: () => WeekInfo; weekInfo?: WeekInfo };

/** On which day weeks begin there: 1 Monday to 7 Sunday. Monday, as in ISO 8601, where the browser does not know. */
export function firstDayOfWeek(locale = navigator.language): number {
  const parsed: LocaleWithWeek = new Intl.Locale(locale);
  return (parsed.getWeekInfo?.() ?? parsed.weekInfo)?.firstDay ?? 1;
}

export function startOfWeek(date: Date, firstDay: number): Date {
  return addDays(date, -((date.getDay() - (firstDay % 7) + 7) % 7));
}

export function weekOf(date: Date, firstDay: number): Date[] {
  const start = startOfWeek(date, firstDay);
  return Array.from({ length: 7 }, (_, index) => addDays(start, index));
}

/** Whole weeks that cover the month: always six, so that the page keeps its height. */
export function monthOf(date: Date, firstDay: number): Date[][] {
  const start = startOfWeek(new Date(date.getFullYear(), date.getMonth(), 1), firstDay);
  return Array.from({ length: 6 }, (_, week) => weekOf(addDays(start, 7 * week), firstDay));
}
