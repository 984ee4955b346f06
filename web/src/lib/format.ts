/** Everything a person reads as number, date or name goes through here, in the browser's locale. */

const locale = navigator.language;
const numbers = new Intl.NumberFormat(locale);
const days = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const daysOfThisYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const times = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const months = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" });
const weekdays = new Intl.DateTimeFormat(locale, { weekday: "short" });
const daysWithWeekday = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const dayNumbers = new Intl.DateTimeFormat(locale, { day: "numeric" });
const hours = new Intl.DateTimeFormat(locale, { hour: "numeric" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
const lists = new Intl.ListFormat(locale, { type: "conjunction" });

export const formatNumber = (value: number): string => numbers.format(value);
export const formatList = (items: string[]): string => lists.format(items);

/** `YYYY-MM-DD` is a day wherever one is, so it is not moved by the time zone. */
function parse(value: string | Date): Date {
  if (value instanceof Date) return value;
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  return day ? new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])) : new Date(value);
}

export function formatDay(value: string | Date, now = new Date()): string {
  const date = parse(value);
  return (date.getFullYear() === now.getFullYear() ? daysOfThisYear : days).format(date);
}

export function formatTime(value: string | Date): string {
  return times.format(parse(value));
}

export function formatDateTime(value: string | Date): string {
  return `${formatDay(value)}, ${formatTime(value)}`;
}

export function formatMonth(value: string | Date): string {
  return months.format(parse(value));
}

export const formatWeekday = (date: Date): string => weekdays.format(date);
/** "Wednesday, November 25". */
export const formatLongDay = (date: Date): string => daysWithWeekday.format(date);
export const formatDayNumber = (date: Date): string => dayNumbers.format(date);
export const formatHour = (date: Date): string => hours.format(date);
/** "Nov 23 – 29, 2026". */
export const formatDayRange = (from: Date, to: Date): string => days.formatRange(from, to);
/** "9:00 – 10:30 AM". */
export const formatTimeRange = (from: Date, to: Date): string => times.formatRange(from, to);

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["minute", 60],
  ["hour", 3600],
  ["day", 86400],
  ["week", 604800],
];

/** "5 min. ago", "yesterday"; a date once it is a month away. */
export function formatAgo(value: string, now = Date.now()): string {
  const seconds = (Date.parse(value) - now) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 45) return relative.format(0, "second");
  if (distance > 30 * 86400) return formatDay(value, new Date(now));
  const [unit, size] = STEPS.findLast(([, size]) => distance >= size) ?? STEPS[0]!;
  return relative.format(Math.round(seconds / size), unit);
}

/** Whole days from today to that day in the browser's zone: -1 yesterday, 0 today. */
export function daysFromToday(value: string, now = new Date()): number {
  const day = parse(value);
  const start = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((start(day) - start(now)) / 86_400_000);
}
