import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { Clause } from "./list-search";
import type { FieldKind, RecordField } from "./record";

/** What is asked for beside the operator. */
export type ValueKind = "none" | "text" | "number" | "days" | "date" | "choice" | "choices" | "numbers" | "dates";

export interface Operator {
  /** Of its own: "empty" and "filled" are one operator of the API with two values. */
  id: string;
  op: string;
  label: MessageDescriptor;
  value: ValueKind;
  /** The value where none is asked for. */
  fixed?: boolean;
}

function operator(op: string, label: MessageDescriptor, value: ValueKind): Operator {
  return { id: op, op, label, value };
}

const EMPTY: Operator[] = [
  { id: "empty", op: "empty", label: msg`is empty`, value: "none", fixed: true },
  { id: "filled", op: "empty", label: msg`is not empty`, value: "none", fixed: false },
];
const TEXT: Operator[] = [
  operator("contains", msg`contains`, "text"),
  operator("starts", msg`begins with`, "text"),
  operator("eq", msg`is`, "text"),
  operator("ne", msg`is not`, "text"),
  ...EMPTY,
];
const NUMBER: Operator[] = [
  operator("eq", msg`is`, "number"),
  operator("ne", msg`is not`, "number"),
  operator("lt", msg`is less than`, "number"),
  operator("lte", msg`is at most`, "number"),
  operator("gt", msg`is more than`, "number"),
  operator("gte", msg`is at least`, "number"),
  operator("between", msg`is between`, "numbers"),
  ...EMPTY,
];
const DAYS: Operator[] = [
  operator("last_days", msg`within the last days`, "days"),
  operator("next_days", msg`within the next days`, "days"),
];
const DATE: Operator[] = [
  ...DAYS,
  operator("eq", msg`is on`, "date"),
  operator("ne", msg`is not on`, "date"),
  operator("lt", msg`is before`, "date"),
  operator("gt", msg`is after`, "date"),
  operator("gte", msg`is since`, "date"),
  operator("lte", msg`is until`, "date"),
  operator("between", msg`is between`, "dates"),
  ...EMPTY,
];
/** A moment is not asked for to the second: whole days. */
const INSTANT: Operator[] = DATE.filter(({ id }) => !["eq", "ne"].includes(id));
const CHOICE: Operator[] = [
  operator("eq", msg`is`, "choice"),
  operator("ne", msg`is not`, "choice"),
  operator("in", msg`is one of`, "choices"),
  ...EMPTY,
];
const SET: Operator[] = [
  operator("has", msg`has`, "choice"),
  operator("has_any", msg`has one of`, "choices"),
  operator("has_all", msg`has all of`, "choices"),
  ...EMPTY,
];

const BY_KIND: Partial<Record<FieldKind, Operator[]>> = {
  number: NUMBER,
  date: DATE,
  instant: INSTANT,
  select: CHOICE,
  boolean: CHOICE.filter(({ id }) => id !== "in"),
  owner: CHOICE,
  tags: SET,
  multi_select: SET,
};

/** How a field may be asked for. */
export function operatorsOf({ kind }: Pick<RecordField, "kind">): Operator[] {
  return BY_KIND[kind] ?? TEXT;
}

export function operatorOf(field: Pick<RecordField, "kind">, { op, value }: Clause): Operator | undefined {
  return operatorsOf(field).find(
    (each) => each.op === op && (each.fixed === undefined || each.fixed === (value ?? true)),
  );
}

const BY_COMPANY_NAME = "company.name";

/** What the filter language calls the field: companies are asked for by name. */
export function filterKey({ kind, key }: RecordField): string {
  return kind === "company" ? BY_COMPANY_NAME : key;
}

export function fieldOfFilter(fields: readonly RecordField[], key: string): RecordField | undefined {
  return fields.find((field) => filterKey(field) === key);
}

/** Fields that can be asked for. */
export function filterable(fields: readonly RecordField[]): RecordField[] {
  return fields.filter(({ kind }) => kind !== "address");
}
