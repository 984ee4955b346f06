import type { CrmEvent } from "@/api/types";
import type { EventFields } from "@/features/timeline/event-changes";
import { endOfDay } from "@/features/tasks/due";
import { addDays, dayKey, dayOf } from "./days";

export type FormKind = "meeting" | "call" | "task";
export const FORM_KINDS: readonly FormKind[] = ["meeting", "call", "task"];

/** What the dialog holds: text as typed, days and instants as their fields want them. */
export interface EventForm {
  kind: FormKind;
  title: string;
  body: string;
  location: string;
  allDay: boolean;
  /** `YYYY-MM-DD`: first and last day of what lasts all day; the first also of a task. */
  firstDay: string | null;
  lastDay: string | null;
  /** Instants in UTC of what has hours. */
  startsAt: string | null;
  endsAt: string | null;
  /** An RRULE, "" for once. */
  recurrence: string;
  contactIds: string[];
}

const HALF_HOUR_MS = 30 * 60_000;

export function blankForm(kind: FormKind, start: Date): EventForm {
  return {
    kind,
    title: "",
    body: "",
    location: "",
    allDay: false,
    firstDay: dayKey(start),
    lastDay: dayKey(start),
    startsAt: start.toISOString(),
    endsAt: new Date(start.getTime() + HALF_HOUR_MS).toISOString(),
    recurrence: "",
    contactIds: [],
  };
}

export function isFormKind(kind: string): kind is FormKind {
  return (FORM_KINDS as readonly string[]).includes(kind);
}

export function formOf(event: CrmEvent): EventForm {
  const start = new Date(event.starts_at ?? event.due_at ?? event.created_at);
  const end = event.ends_at ? new Date(event.ends_at) : start;
  return {
    kind: isFormKind(event.kind) ? event.kind : "meeting",
    title: event.title ?? "",
    body: event.body ?? "",
    location: event.location ?? "",
    allDay: event.all_day,
    firstDay: event.kind === "task" && !event.due_at ? null : dayKey(start),
    // The end is the first moment after.
    lastDay: dayKey(new Date(Math.max(start.getTime(), end.getTime() - 1))),
    startsAt: event.starts_at ?? start.toISOString(),
    endsAt: event.ends_at,
    recurrence: event.recurrence ?? "",
    contactIds: event.contact_ids,
  };
}

/** The start moves and the end with it, so that what lasts an hour goes on lasting one. */
export function withStart(form: EventForm, startsAt: string | null): EventForm {
  if (!startsAt || !form.startsAt || !form.endsAt) return { ...form, startsAt };
  const lasts = Date.parse(form.endsAt) - Date.parse(form.startsAt);
  return { ...form, startsAt, endsAt: new Date(Date.parse(startsAt) + lasts).toISOString() };
}

export function withFirstDay(form: EventForm, firstDay: string | null): EventForm {
  const lastDay = firstDay && form.lastDay && form.lastDay < firstDay ? firstDay : form.lastDay;
  return { ...form, firstDay, lastDay };
}

/** What the API stores of a form. A task is due at the end of its day where the user is. */
export function fieldsOf(form: EventForm): EventFields {
  const { kind } = form;
  const common = {
    kind,
    title: form.title.trim() || null,
    body: form.body.trim() || null,
    contact_ids: form.contactIds,
  };
  if (kind === "task") {
    const due = dayOf(form.firstDay ?? undefined);
    return { ...common, due_at: due && endOfDay(due).toISOString() };
  }
  const first = dayOf(form.firstDay ?? undefined);
  const last = dayOf(form.lastDay ?? undefined) ?? first;
  const times =
    form.allDay && first && last
      ? { starts_at: first.toISOString(), ends_at: addDays(last, 1).toISOString() }
      : { starts_at: form.startsAt, ends_at: form.endsAt };
  return {
    ...common,
    ...times,
    all_day: form.allDay,
    location: form.location.trim() || null,
    recurrence: form.recurrence || null,
  };
}

type Fields = Record<string, unknown>;

/** Only what differs from the event as it is: what somebody else changed meanwhile stays theirs. */
export function changesOf(event: CrmEvent, form: EventForm): Fields {
  const present: Fields = { ...event };
  return Object.fromEntries(
    Object.entries(fieldsOf(form)).filter(([name, value]) => !isSame(present[name] ?? null, value ?? null)),
  );
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === "string" && typeof b === "string" && a !== b) {
    // "…T09:00:00Z" and "…T09:00:00.000Z" are the same instant.
    return /^\d{4}-\d{2}-\d{2}T/.test(a) && /^\d{4}-\d{2}-\d{2}T/.test(b) && Date.parse(a) === Date.parse(b);
  }
  return JSON.stringify(a) === JSON.stringify(b);
}
