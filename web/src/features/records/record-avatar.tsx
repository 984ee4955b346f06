import { Avatar } from "@/ui/avatar";
import { useNoun } from "./noun-context";
import { type CrmRecord, valueAt } from "./record";

/** A person's picture or initials; a company's are square. */
export function RecordAvatar({ record, size }: { record: CrmRecord; size: "xs" | "md" | "lg" }) {
  const { source } = useNoun();
  const src = valueAt(record, "avatar_url") as string | null | undefined;
  return <Avatar name={record.name} src={src ?? null} size={size} square={source.noun === "company"} />;
}
