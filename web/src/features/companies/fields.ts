import { msg } from "@lingui/core/macro";
import { ADDRESS_FIELDS, TIME_FIELDS } from "@/features/records/common-fields";
import type { RecordField } from "@/features/records/record";

/** A line here is a column, an editor, a filter, a label in timeline and conflicts. */
export const COMPANY_FIELDS: readonly RecordField[] = [
  { key: "name", kind: "text", label: msg`Name`, width: 240, sort: "name" },
  { key: "domain", kind: "text", label: msg`Domain`, width: 180, sort: "domain" },
  { key: "industry", kind: "text", label: msg`Industry`, width: 160, sort: "industry" },
  { key: "size", kind: "text", label: msg`Size`, width: 110, sort: "size" },
  { key: "phone", kind: "phone", label: msg`Phone`, width: 150 },
  { key: "tags", kind: "tags", label: msg`Tags`, width: 200 },
  { key: "owner_id", kind: "owner", label: msg`Owner`, width: 150 },
  ...ADDRESS_FIELDS,
  ...TIME_FIELDS,
  { key: "links", kind: "links", label: msg`Links`, width: 0 },
  { key: "description", kind: "long_text", label: msg`Description`, width: 0 },
];
