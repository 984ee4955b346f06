import { msg } from "@lingui/core/macro";
import type { RecordField } from "./record";

/** The parts of an address, edited one by one. */
export const ADDRESS_FIELDS: readonly RecordField[] = [
  { key: "address.street", kind: "text", label: msg`Street`, width: 180 },
  { key: "address.postal_code", kind: "text", label: msg`Postal code`, width: 110 },
  { key: "address.city", kind: "text", label: msg`City`, width: 140, sort: "address.city" },
  { key: "address.region", kind: "text", label: msg`Region`, width: 120 },
  { key: "address.country", kind: "text", label: msg`Country`, width: 110 },
];

export const TIME_FIELDS: readonly RecordField[] = [
  { key: "updated_at", kind: "instant", label: msg`Changed`, width: 120, sort: "updated_at", readOnly: true },
  { key: "created_at", kind: "instant", label: msg`Created`, width: 120, sort: "created_at", readOnly: true },
];
