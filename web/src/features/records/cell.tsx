import { useQuery } from "@tanstack/react-query";
import { membersQuery } from "@/api/me";
import { formatDateTime } from "@/lib/format";
import { Avatar } from "@/ui/avatar";
import { Tag } from "@/ui/chip";
import { tagsQuery } from "./lookups";
import { type CrmRecord, type RecordField, valueAt } from "./record";
import { textOf } from "./values";

/** A value as one line; cut, with the whole in the title. */
export function CellValue({ record, field }: { record: CrmRecord; field: RecordField }) {
  switch (field.kind) {
    case "tags":
      return <TagsValue names={record.tags} />;
    case "multi_select":
      return <TagsValue names={(valueAt(record, field.key) ?? []) as string[]} />;
    case "number":
      return (
        <span className="truncate tabular" title={textOf(record, field)}>
          {textOf(record, field)}
        </span>
      );
    case "owner":
      return <OwnerValue id={record.owner_id} />;
    case "instant": {
      const value = valueAt(record, field.key) as string | null;
      return (
        <span className="truncate text-ink-muted tabular" title={value ? formatDateTime(value) : undefined}>
          {textOf(record, field)}
        </span>
      );
    }
    case "emails":
    case "phones": {
      const more = (valueAt(record, field.key) as unknown[]).length - 1;
      return (
        <>
          <span className="truncate tabular" title={textOf(record, field)}>
            {textOf(record, field)}
          </span>
          {more > 0 && <span className="ms-1.5 shrink-0 text-sm text-ink-faint">+{more}</span>}
        </>
      );
    }
    default: {
      const text = textOf(record, field);
      return (
        <span className="truncate" title={text}>
          <bdi>{text}</bdi>
        </span>
      );
    }
  }
}

export function TagsValue({ names }: { names: readonly string[] }) {
  const { data: tags } = useQuery(tagsQuery);
  return (
    <span className="flex min-w-0 gap-1 overflow-hidden">
      {names.map((name) => (
        <Tag key={name} name={name} color={tags?.find((tag) => tag.name === name)?.color} />
      ))}
    </span>
  );
}

export function OwnerValue({ id }: { id: string | null }) {
  const { data: members } = useQuery(membersQuery);
  const member = members?.find(({ user_id }) => user_id === id);
  if (!member) return null;
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Avatar name={member.name} size="xs" />
      <span className="truncate">{member.name}</span>
    </span>
  );
}
