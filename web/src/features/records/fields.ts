import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { customFieldsQuery } from "./lookups";
import type { Noun } from "./noun";
import type { FieldKind, RecordField } from "./record";

const CUSTOM_WIDTH_PX = 150;
const CUSTOM_KINDS = {
  text: "text",
  number: "number",
  date: "date",
  boolean: "boolean",
  select: "select",
  multi_select: "multi_select",
  url: "url",
  email: "email",
  phone: "phone",
} satisfies Record<string, FieldKind>;

/** The fields of a noun, those that the workspace added included. */
export function useFields(noun: Noun): readonly RecordField[] {
  const { data: custom } = useQuery(customFieldsQuery);
  return useMemo(() => {
    const own = (custom ?? [])
      .filter((definition) => definition.noun === noun.source.noun)
      .map(({ key, label, type, options }): RecordField => ({
        key: `custom.${key}`,
        kind: CUSTOM_KINDS[type],
        label,
        width: CUSTOM_WIDTH_PX,
        sort: `custom.${key}`,
        options,
      }));
    return [...noun.fields, ...own];
  }, [noun, custom]);
}

export function labelOf({ label }: RecordField): string {
  return typeof label === "string" ? label : i18n._(label);
}

/** Members that are no field of their own. */
const PART_LABELS: Record<string, MessageDescriptor> = {
  first_name: msg`First name`,
  last_name: msg`Last name`,
  avatar_url: msg`Picture`,
  address: msg`Address`,
  company_name: msg`Company`,
  deleted_at: msg`Moved to the trash`,
  custom: msg`Own fields`,
};

/** The words for a member's path: "address.city" is "City". */
export function pathLabel(fields: readonly RecordField[], path: string): string {
  const field = fields.find(({ key }) => key === path);
  if (field) return labelOf(field);
  const last = path.split(".").at(-1) ?? "";
  const part = PART_LABELS[last];
  return part ? i18n._(part) : last.replaceAll("_", " ");
}
