import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { membersQuery } from "@/api/me";
import { toastFailed } from "@/app/feedback";
import { Combobox, MultiCombobox } from "@/ui/combobox";
import type { Option } from "@/ui/select";
import type { EditorProps } from "./field-editor";
import { companyLookup, createCompany, tagsQuery } from "./lookups";

/* Editors that choose from a list. A file of their own: the list's first paint does not need them. */

const CREATE = "create:";

/** Esc leaves a list's editor; its own keys stay inside. */
function Framed({ onCancel, onLeave, children }: { onCancel: () => void; onLeave: () => void; children: ReactNode }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- only catches what bubbles from the editor inside
    <div
      className="w-full"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") onCancel();
      }}
      onBlur={(event) => {
        const next = event.relatedTarget;
        if (!event.currentTarget.contains(next) && !next?.closest('[role="listbox"]')) onLeave();
      }}
    >
      {children}
    </div>
  );
}

export function CompanyEditor({ contact, label, initial = "", onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const [text, setText] = useState(initial);
  const { data: companies = [] } = useQuery(companyLookup(text.trim()));
  const options: Option[] = companies.map(({ id, name }) => ({ value: id, label: name }));
  const name = text.trim();
  if (name && !options.some((option) => option.label.toLowerCase() === name.toLowerCase())) {
    options.push({ value: CREATE + name, label: t`Create “${name}”` });
  }
  const present = contact.company_id ? { value: contact.company_id, label: contact.company_name ?? "" } : null;

  async function choose(option: Option | null) {
    try {
      const company = option?.value.startsWith(CREATE) ? await createCompany(option.value.slice(CREATE.length)) : null;
      const id = company?.id ?? option?.value ?? null;
      onCommit(
        id === contact.company_id ? null : { company_id: id, company_name: company?.name ?? option?.label ?? null },
        null,
      );
    } catch (error) {
      toastFailed(error);
      onCancel();
    }
  }

  return (
    <Framed onCancel={onCancel} onLeave={onCancel}>
      <Combobox
        autoFocus
        label={label}
        options={options}
        value={present}
        onChange={(option) => void choose(option)}
        onSearch={setText}
        empty={t`No company is called that.`}
      />
    </Framed>
  );
}

export function TagsEditor({ contact, label, onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const { data: tags = [] } = useQuery(tagsQuery);
  const [chosen, setChosen] = useState(contact.tags);
  const [text, setText] = useState("");
  const typed = text.trim();
  const names = tags.map((tag) => tag.name).filter((name) => name.toLowerCase().includes(typed.toLowerCase()));
  const isNew = typed && !tags.some((tag) => tag.name.toLowerCase() === typed.toLowerCase());
  const options: Option[] = names.map((name) => ({ value: name, label: name }));
  if (isNew) options.push({ value: typed, label: t`Create “${typed}”` });
  const same = chosen.length === contact.tags.length && chosen.every((name) => contact.tags.includes(name));
  return (
    <Framed onCancel={onCancel} onLeave={() => onCommit(same ? null : { tags: chosen }, null)}>
      <MultiCombobox
        autoFocus
        label={label}
        options={options}
        value={chosen.map((name) => ({ value: name, label: name }))}
        onChange={(next) => setChosen(next.map((option) => option.value))}
        onSearch={setText}
        empty={t`Type a name for a new tag.`}
      />
    </Framed>
  );
}

export function OwnerEditor({ contact, label, onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const { data: members = [] } = useQuery(membersQuery);
  const options = members.map(({ user_id, name }) => ({ value: user_id, label: name }));
  return (
    <Framed onCancel={onCancel} onLeave={onCancel}>
      <Combobox
        autoFocus
        label={label}
        options={options}
        value={options.find((option) => option.value === contact.owner_id) ?? null}
        onChange={(option) =>
          onCommit(option?.value === contact.owner_id ? null : { owner_id: option?.value ?? null }, null)
        }
        empty={t`No member is called that.`}
      />
    </Framed>
  );
}
