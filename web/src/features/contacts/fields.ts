import { msg } from "@lingui/core/macro";
import { ADDRESS_FIELDS, TIME_FIELDS } from "@/features/records/common-fields";
import type { RecordField } from "@/features/records/record";

/** A line here is a column, an editor, a filter, a label in timeline and conflicts. */
export const CONTACT_FIELDS: readonly RecordField[] = [
  { key: "name", kind: "person_name", label: msg`Name`, width: 240, sort: "name" },
  { key: "emails", kind: "emails", label: msg`E-mail`, width: 240 },
  { key: "phones", kind: "phones", label: msg`Phone`, width: 150 },
  { key: "company_id", kind: "company", label: msg`Company`, width: 200, sort: "company.name" },
  { key: "title", kind: "text", label: msg`Job title`, width: 180, sort: "title" },
  { key: "tags", kind: "tags", label: msg`Tags`, width: 200 },
  { key: "owner_id", kind: "owner", label: msg`Owner`, width: 150 },
  ...ADDRESS_FIELDS,
  { key: "birthday", kind: "date", label: msg`Birthday`, width: 120, sort: "birthday" },
  {
    key: "last_activity_at",
    kind: "instant",
    label: msg`Last activity`,
    width: 120,
    sort: "last_activity_at",
    readOnly: true,
  },
  ...TIME_FIELDS,
  { key: "links", kind: "links", label: msg`Links`, width: 0 },
  { key: "description", kind: "long_text", label: msg`Description`, width: 0 },
];
