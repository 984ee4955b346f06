import type { Operator } from "./filter-operators";
import type { Clause } from "./list-search";
import type { RecordField } from "./record";

/** What stands in the form: one text, two of a range, or the choices made. */
export type Draft = readonly string[];

/** A clause's value as the form shows it. */
export function draftOf(field: Pick<RecordField, "kind">, clause: Clause | undefined): Draft {
  const value = clause?.value;
  if (value === undefined || value === null || clause?.op === "empty") return [];
  const parts = Array.isArray(value) ? value : [value];
  return parts.map((part) => (field.kind === "instant" && typeof part === "string" ? localDay(part) : String(part)));
}

/** The clause that a form stands for; null while something is missing. */
export function clauseOf(
  key: string,
  field: Pick<RecordField, "kind">,
  operator: Operator,
  draft: Draft,
): Clause | null {
  const clause = { field: key, op: operator.op };
  if (operator.value === "none") return { ...clause, value: operator.fixed ?? true };
  const parts = draft.map((part) => part.trim());
  const needed = operator.value === "numbers" || operator.value === "dates" ? 2 : 1;
  if (parts.length < needed || parts.some((part) => part === "")) return null;
  const values = parts.map((part, index) => typed(field, operator, part, index));
  if (values.some((value) => typeof value === "number" && !Number.isFinite(value))) return null;
  return { ...clause, value: operator.value === "choices" || needed === 2 ? values : values[0] };
}

function typed({ kind }: Pick<RecordField, "kind">, { op, value }: Operator, text: string, index: number): unknown {
  if (value === "number" || value === "numbers" || value === "days") return Number(text);
  if (kind === "boolean") return text === "true";
  if (kind !== "instant") return text;
  // A day is the whole of it: "until Friday" ends with Friday, "after Friday" begins with Saturday.
  const wantsEnd = op === "lte" || op === "gt" || (op === "between" && index === 1);
  return instantOf(text, wantsEnd);
}

/** The first or the last moment of a day in the browser's time zone, as the API writes instants. */
function instantOf(day: string, end: boolean): string {
  return new Date(`${day}T${end ? "23:59:59.999" : "00:00:00"}`).toISOString();
}

function localDay(instant: string): string {
  const date = new Date(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
