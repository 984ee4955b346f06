import { useNoun } from "./noun-context";
import { type CrmRecord, type Line, primaryOf, valueAt } from "./record";
import { textOf } from "./values";

/** Who or what this is, in a line; the e-mail where nothing else is known. */
export function useSubtitle(record: CrmRecord): string {
  const noun = useNoun();
  const parts = noun.subtitle.map((key) => {
    const field = noun.fields.find((each) => each.key === key);
    return field ? textOf(record, field) : "";
  });
  const emails = (valueAt(record, "emails") ?? []) as Line[];
  return parts.filter(Boolean).join(" · ") || primaryOf(emails)?.value || "";
}
