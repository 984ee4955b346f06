import { useQuery } from "@tanstack/react-query";
import { membersQuery } from "@/api/me";
import type { Contact } from "@/api/types";
import { formatDateTime } from "@/lib/format";
import { Avatar } from "@/ui/avatar";
import { Tag } from "@/ui/chip";
import { type ContactField, textOf, valueAt } from "./fields";
import { tagsQuery } from "./lookups";

/** A value as one line; cut, with the whole in the title. */
export function CellValue({ contact, field }: { contact: Contact; field: ContactField }) {
  switch (field.kind) {
    case "tags":
      return <TagsValue names={contact.tags} />;
    case "owner":
      return <OwnerValue id={contact.owner_id} />;
    case "instant": {
      const value = valueAt(contact, field.key) as string | null;
      return (
        <span className="truncate text-ink-muted tabular" title={value ? formatDateTime(value) : undefined}>
          {textOf(contact, field)}
        </span>
      );
    }
    case "emails":
    case "phones": {
      const more = (valueAt(contact, field.key) as unknown[]).length - 1;
      return (
        <>
          <span className="truncate tabular" title={textOf(contact, field)}>
            {textOf(contact, field)}
          </span>
          {more > 0 && <span className="ms-1.5 shrink-0 text-sm text-ink-faint">+{more}</span>}
        </>
      );
    }
    default: {
      const text = textOf(contact, field);
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
