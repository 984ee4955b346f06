import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { membersQuery } from "@/api/me";
import type { Contact } from "@/api/types";
import { formatAgo, formatDay } from "@/lib/format";
import type { ContactPatch } from "./save";

export type FieldKind =
  | "name"
  | "text"
  | "long_text"
  | "emails"
  | "phones"
  | "company"
  | "tags"
  | "owner"
  | "date"
  | "instant"
  | "links"
  | "address";

export interface ContactField {
  /** Path as filters write it: "address.city". */
  key: string;
  kind: FieldKind;
  label: MessageDescriptor;
  /** Pixels in the table; 0 where it is no column. */
  width: number;
  /** What `sort` calls it; absent where the server can't sort by it. */
  sort?: string;
  readOnly?: true;
}

/** A line here is a column, an editor, a label in timeline and conflicts. */
export const CONTACT_FIELDS: readonly ContactField[] = [
  { key: "name", kind: "name", label: msg`Name`, width: 240, sort: "name" },
  { key: "emails", kind: "emails", label: msg`E-mail`, width: 240 },
  { key: "phones", kind: "phones", label: msg`Phone`, width: 150 },
  { key: "company_id", kind: "company", label: msg`Company`, width: 200, sort: "company.name" },
  { key: "title", kind: "text", label: msg`Job title`, width: 180, sort: "title" },
  { key: "tags", kind: "tags", label: msg`Tags`, width: 200 },
  { key: "owner_id", kind: "owner", label: msg`Owner`, width: 150 },
  { key: "address.city", kind: "text", label: msg`City`, width: 140, sort: "address.city" },
  { key: "birthday", kind: "date", label: msg`Birthday`, width: 120, sort: "birthday" },
  {
    key: "last_activity_at",
    kind: "instant",
    label: msg`Last activity`,
    width: 120,
    sort: "last_activity_at",
    readOnly: true,
  },
  { key: "updated_at", kind: "instant", label: msg`Changed`, width: 120, sort: "updated_at", readOnly: true },
  { key: "created_at", kind: "instant", label: msg`Created`, width: 120, sort: "created_at", readOnly: true },
  { key: "address", kind: "address", label: msg`Address`, width: 0 },
  { key: "links", kind: "links", label: msg`Links`, width: 0 },
  { key: "description", kind: "long_text", label: msg`Description`, width: 0 },
];

/** The parts of an address, edited one by one. */
export const ADDRESS_FIELDS: readonly ContactField[] = [
  { key: "address.street", kind: "text", label: msg`Street`, width: 0 },
  { key: "address.postal_code", kind: "text", label: msg`Postal code`, width: 0 },
  { key: "address.city", kind: "text", label: msg`City`, width: 0 },
  { key: "address.region", kind: "text", label: msg`Region`, width: 0 },
  { key: "address.country", kind: "text", label: msg`Country`, width: 0 },
];

export const COLUMNS = CONTACT_FIELDS.filter((field) => field.width > 0);

export function fieldOf(key: string): ContactField {
  const field = CONTACT_FIELDS.find((candidate) => candidate.key === key);
  if (!field) throw new Error(`no field ${key}`);
  return field;
}

const PART_LABELS: Record<string, MessageDescriptor> = {
  first_name: msg`First name`,
  last_name: msg`Last name`,
  avatar_url: msg`Picture`,
  street: msg`Street`,
  city: msg`City`,
  region: msg`Region`,
  postal_code: msg`Postal code`,
  country: msg`Country`,
  custom: msg`Own fields`,
};

/** The words for a member's path: ["address", "city"] is "City", ["custom", "tier"] is "tier". */
export function fieldLabel(path: string[]): string {
  path = path.flatMap((part) => part.split("."));
  const whole = CONTACT_FIELDS.find((field) => field.key === path.join("."));
  if (whole) return i18n._(whole.label);
  const last = path.at(-1) ?? "";
  const part = PART_LABELS[last];
  return part ? i18n._(part) : last.replaceAll("_", " ");
}

export function valueAt(contact: Contact, key: string): unknown {
  return key.split(".").reduce<unknown>((value, part) => (value as Record<string, unknown> | null)?.[part], contact);
}

/** The patch that sets one member: `patchAt("address.city", "Rome")` is `{address: {city: "Rome"}}`. */
export function patchAt(key: string, value: unknown): ContactPatch {
  return key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as ContactPatch;
}

type Line = Contact["emails"][number];

/** The one that stands for all of them. */
export function primaryOf(lines: readonly Line[]): Line | undefined {
  return lines.find((line) => line.primary) ?? lines[0];
}

/** The lines with the primary one's value replaced; an empty value takes it away. */
export function withPrimary(lines: readonly Line[], value: string): Line[] {
  const primary = primaryOf(lines);
  if (!value) return lines.filter((line) => line !== primary);
  if (!primary) return [{ value, label: null, primary: true }];
  return lines.map((line) => (line === primary ? { ...line, value } : line));
}

/** A value as text: what a cell shows, copies, and edits. Ids are for `useShownValue`. */
export function textOf(contact: Contact, field: ContactField): string {
  const value = valueAt(contact, field.key);
  switch (field.kind) {
    case "name":
      return contact.name ?? "";
    case "company":
      return contact.company_name ?? "";
    case "emails":
    case "phones":
      return primaryOf(value as Line[])?.value ?? "";
    case "tags":
      return (value as string[]).join(", ");
    case "date":
      return value ? formatDay(value as string) : "";
    case "instant":
      return value ? formatAgo(value as string) : "";
    default:
      return typeof value === "string" ? value : "";
  }
}

/** Any value of a change or a conflict in words; an id becomes the name that it stands for. */
export function useShownValue(): (field: string, value: unknown) => string {
  const { data: members } = useQuery(membersQuery);
  return (field, value) => {
    if (value === null || value === undefined) return "";
    if (field === "owner_id")
      return members?.find((member) => member.user_id === value)?.name ?? i18n._(msg`a former member`);
    if (field === "company_id") return i18n._(msg`another company`);
    if (field === "birthday" || field === "deleted_at") return formatDay(String(value));
    return plainText(value);
  };
}

function plainText(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainText).filter(Boolean).join(", ");
  if (typeof value === "object" && value !== null) {
    const { value: line, url } = value as { value?: unknown; url?: unknown };
    return typeof line === "string" ? line : typeof url === "string" ? url : plainText(Object.values(value));
  }
  return value === null || value === undefined ? "" : String(value);
}
