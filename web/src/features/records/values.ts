import { i18n } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { membersQuery } from "@/api/me";
import { formatAgo, formatDay, formatNumber } from "@/lib/format";
import { type CrmRecord, type Line, primaryOf, type RecordField, valueAt } from "./record";

/** A value as text: what a cell shows, copies, and edits. Ids are for `useShownValue`. */
export function textOf(record: CrmRecord, field: RecordField): string {
  const value = valueAt(record, field.key);
  if (field.kind === "person_name") return record.name;
  if (field.kind === "company") return String(valueAt(record, "company_name") ?? "");
  if (value === null || value === undefined) return "";
  switch (field.kind) {
    case "emails":
    case "phones":
      return primaryOf(value as Line[])?.value ?? "";
    case "tags":
    case "multi_select":
      return (value as string[]).join(", ");
    case "date":
      return formatDay(String(value));
    case "instant":
      return formatAgo(String(value));
    case "number":
      return formatNumber(Number(value));
    case "boolean":
      return value === true ? t`Yes` : t`No`;
    default:
      return typeof value === "string" ? value : "";
  }
}

/** What an editor begins with: as it is stored, not as it is shown. */
export function editableText(record: CrmRecord, field: RecordField): string {
  const value = valueAt(record, field.key);
  if (field.kind === "date" || field.kind === "number")
    return value === null || value === undefined ? "" : String(value);
  return textOf(record, field);
}

/** Any value of a change, a filter or a conflict in words; an id becomes the name that it stands for. */
export function useShownValue(): (field: string, value: unknown) => string {
  const { data: members } = useQuery(membersQuery);
  return (field, value) => {
    if (value === null || value === undefined) return "";
    const memberName = (id: unknown) =>
      members?.find((member) => member.user_id === id)?.name ?? i18n._(msg`a former member`);
    if (field === "owner_id") return Array.isArray(value) ? value.map(memberName).join(", ") : memberName(value);
    if (field === "company_id") return i18n._(msg`another company`);
    if (field === "birthday" || field === "deleted_at") return formatDay(String(value));
    return plainText(value);
  };
}

function plainText(value: unknown): string {
  if (value === true) return i18n._(msg`Yes`);
  if (value === false) return i18n._(msg`No`);
  if (Array.isArray(value)) return value.map(plainText).filter(Boolean).join(", ");
  if (typeof value === "object" && value !== null) {
    const { value: line, url } = value as { value?: unknown; url?: unknown };
    return typeof line === "string" ? line : typeof url === "string" ? url : plainText(Object.values(value));
  }
  return value === null || value === undefined ? "" : String(value);
}
