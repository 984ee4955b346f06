import type { MessageDescriptor } from "@lingui/core";
import type { Contact } from "@/api/types";

/** What people and companies have in common; lists, editors and filters know no more than this. */
export type CrmRecord = Pick<
  Contact,
  | "id"
  | "version"
  | "name"
  | "owner_id"
  | "tags"
  | "address"
  | "links"
  | "description"
  | "custom"
  | "created_at"
  | "updated_at"
  | "deleted_at"
>;

/** A JSON Merge Patch (RFC 7396) of a record. */
export type RecordPatch = Record<string, unknown>;

export type FieldKind =
  | "person_name"
  | "text"
  | "long_text"
  | "email"
  | "phone"
  | "url"
  | "number"
  | "boolean"
  | "date"
  | "instant"
  | "select"
  | "multi_select"
  | "emails"
  | "phones"
  | "company"
  | "tags"
  | "owner"
  | "links"
  | "address";

export interface RecordField {
  /** Path as filters write it: "address.city", "custom.tier". */
  key: string;
  kind: FieldKind;
  /** A text of the catalogue, or, of a workspace's own field, what its admin called it. */
  label: MessageDescriptor | string;
  /** Pixels in the table; 0 where it is no column. */
  width: number;
  /** What `sort` calls it; absent where the server can't sort by it. */
  sort?: string;
  readOnly?: true;
  /** What a select may hold. */
  options?: readonly string[];
}

export function valueAt(record: CrmRecord, key: string): unknown {
  return key.split(".").reduce<unknown>((value, part) => (value as RecordPatch | null | undefined)?.[part], record);
}

/** The patch that sets one member: `patchAt("address.city", "Rome")` is `{address: {city: "Rome"}}`. */
export function patchAt(key: string, value: unknown): RecordPatch {
  return key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as RecordPatch;
}

export interface Line {
  value: string;
  label?: string | null;
  primary?: boolean;
}

/** The one that stands for all of them. */
export function primaryOf<L extends Line>(lines: readonly L[]): L | undefined {
  return lines.find((line) => line.primary) ?? lines[0];
}

/** The lines with the primary one's value replaced; an empty value takes it away. */
export function withPrimary(lines: readonly Line[], value: string): Line[] {
  const primary = primaryOf(lines);
  if (!value) return lines.filter((line) => line !== primary);
  if (!primary) return [{ value, label: null, primary: true }];
  return lines.map((line) => (line === primary ? { ...line, value } : line));
}

export function isEmptyValue(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Kinds that are edited by choosing from a list, which brings a frame of its own. */
export function isChoice({ kind }: RecordField): boolean {
  return ["company", "tags", "owner", "select", "multi_select", "boolean"].includes(kind);
}
