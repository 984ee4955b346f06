import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { type ContactField, fieldLabel, CONTACT_FIELDS } from "./fields";
import type { Filter } from "./list-search";

export interface Clause {
  field: string;
  op: string;
  value?: unknown;
}

type ValueKind = "text" | "number" | "date" | "none" | "member" | "tag";

interface Operator {
  op: string;
  label: MessageDescriptor;
  value: ValueKind;
}

const EMPTY: Operator[] = [{ op: "empty", label: msg`is empty`, value: "none" }];
const TEXT: Operator[] = [
  { op: "contains", label: msg`contains`, value: "text" },
  { op: "starts", label: msg`begins with`, value: "text" },
  { op: "eq", label: msg`is`, value: "text" },
  { op: "ne", label: msg`is not`, value: "text" },
  ...EMPTY,
];
const TAGS: Operator[] = [{ op: "has", label: msg`has`, value: "tag" }, ...EMPTY];
const OWNER: Operator[] = [{ op: "eq", label: msg`is`, value: "member" }, ...EMPTY];
const DAYS: Operator[] = [
  { op: "last_days", label: msg`within the last days`, value: "number" },
  { op: "lt", label: msg`before`, value: "date" },
  { op: "gte", label: msg`since`, value: "date" },
  ...EMPTY,
];

/** How a field may be asked for. */
export function operatorsOf(field: ContactField): Operator[] {
  switch (field.kind) {
    case "tags":
      return TAGS;
    case "owner":
      return OWNER;
    case "date":
    case "instant":
      return DAYS;
    default:
      return TEXT;
  }
}

const BY_COMPANY_NAME = "company.name";

/** What the filter language calls the field: companies are asked for by name. */
export function filterKey(field: ContactField): string {
  return field.kind === "company" ? BY_COMPANY_NAME : field.key;
}

export function fieldOfFilter(key: string): ContactField | undefined {
  return CONTACT_FIELDS.find((field) => filterKey(field) === key);
}

export const FILTERABLE = CONTACT_FIELDS.filter((field) => !["address", "links"].includes(field.kind));

/** The clauses of a plain "all of these" filter; null where it is nested and can't be shown as chips. */
export function clausesOf(filter: Filter | undefined): Clause[] | null {
  if (!filter) return [];
  if ("field" in filter) return [filter];
  if ("and" in filter && filter.and.every((node) => "field" in node)) return filter.and;
  return null;
}

export function filterOf(clauses: Clause[]): Filter | undefined {
  return clauses.length > 1 ? { and: clauses } : clauses[0];
}

/** "City contains Rome" */
export function clauseText(clause: Clause, shown: (field: string, value: unknown) => string): string {
  const field = fieldOfFilter(clause.field);
  const operator = field && operatorsOf(field).find(({ op }) => op === clause.op);
  const label = fieldLabel([field?.key ?? clause.field]);
  const value = clause.op === "empty" ? "" : shown(field?.key ?? clause.field, clause.value);
  return [label, operator ? i18n._(operator.label) : clause.op, value].filter(Boolean).join(" ");
}
