import { i18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { CONTACT_FIELDS } from "@/features/contacts/fields";
import { pathLabel } from "@/features/records/fields";
import type { Option } from "@/ui/select";

const TARGETS = [
  "first_name",
  "last_name",
  "emails",
  "phones",
  "company",
  "title",
  "tags",
  "address.street",
  "address.city",
  "address.region",
  "address.postal_code",
  "address.country",
  "birthday",
  "links",
  "description",
];

/** Leaves a column out. A value of its own, because a select has no null. */
export const LEFT_OUT = "-";

export function targetLabel(target: string): string {
  return target === "company" ? i18n._(msg`Company`) : pathLabel(CONTACT_FIELDS, target);
}

/** What a column can become; what the server guessed beyond our list stays choosable. */
export function targetOptions(present: string | null): Option[] {
  const targets = present && !TARGETS.includes(present) ? [...TARGETS, present] : TARGETS;
  return [
    { value: LEFT_OUT, label: i18n._(msg`Do not import`) },
    ...targets.map((target) => ({ value: target, label: targetLabel(target) })),
  ];
}
