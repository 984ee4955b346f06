import { t } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { membersQuery } from "@/api/me";
import { toastFailed } from "@/app/feedback";
import { Combobox, MultiCombobox } from "@/ui/combobox";
import type { Option } from "@/ui/select";
import type { EditorProps } from "./field-editor";
import { type RecordField, patchAt, valueAt } from "./record";
import { textOf } from "./values";
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

export function CompanyEditor({ record, field, label, initial = "", onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const companyId = valueAt(record, field.key) as string | null;
  const [text, setText] = useState(initial);
  const { data: companies = [] } = useQuery(companyLookup(text.trim()));
  const options: Option[] = companies.map(({ id, name }) => ({ value: id, label: name }));
  const name = text.trim();
  if (name && !options.some((option) => option.label.toLowerCase() === name.toLowerCase())) {
    options.push({ value: CREATE + name, label: t`Create “${name}”` });
  }
  const present = companyId ? { value: companyId, label: textOf(record, field) } : null;

  async function choose(option: Option | null) {
    try {
      const company = option?.value.startsWith(CREATE) ? await createCompany(option.value.slice(CREATE.length)) : null;
      const id = company?.id ?? option?.value ?? null;
      onCommit(
        id === companyId ? null : { company_id: id, company_name: company?.name ?? option?.label ?? null },
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

export function TagsEditor({ record, label, onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const { data: tags = [] } = useQuery(tagsQuery);
  const [chosen, setChosen] = useState(record.tags);
  const [text, setText] = useState("");
  const typed = text.trim();
  const names = tags.map((tag) => tag.name).filter((name) => name.toLowerCase().includes(typed.toLowerCase()));
  const isNew = typed && !tags.some((tag) => tag.name.toLowerCase() === typed.toLowerCase());
  const options: Option[] = names.map((name) => ({ value: name, label: name }));
  if (isNew) options.push({ value: typed, label: t`Create “${typed}”` });
  const same = chosen.length === record.tags.length && chosen.every((name) => record.tags.includes(name));
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

export function OwnerEditor({ record, label, onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const { data: members = [] } = useQuery(membersQuery);
  const options = members.map(({ user_id, name }) => ({ value: user_id, label: name }));
  return (
    <Framed onCancel={onCancel} onLeave={onCancel}>
      <Combobox
        autoFocus
        label={label}
        options={options}
        value={options.find((option) => option.value === record.owner_id) ?? null}
        onChange={(option) =>
          onCommit(option?.value === record.owner_id ? null : { owner_id: option?.value ?? null }, null)
        }
        empty={t`No member is called that.`}
      />
    </Framed>
  );
}

function optionsOf({ kind, options = [] }: RecordField): Option[] {
  if (kind !== "boolean") return options.map((name) => ({ value: name, label: name }));
  return [
    { value: "true", label: t`Yes` },
    { value: "false", label: t`No` },
  ];
}

/** One of the field's options, or yes and no. */
export function OptionEditor({ record, field, label, onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const options = optionsOf(field);
  const present = valueAt(record, field.key) ?? null;

  function choose(option: Option | null) {
    const value = option && field.kind === "boolean" ? option.value === "true" : (option?.value ?? null);
    onCommit(value === present ? null : patchAt(field.key, value), null);
  }

  return (
    <Framed onCancel={onCancel} onLeave={onCancel}>
      <Combobox
        autoFocus
        label={label}
        options={options}
        value={options.find(({ value }) => value === String(present)) ?? null}
        onChange={choose}
        empty={t`There is no such option.`}
      />
    </Framed>
  );
}

export function OptionsEditor({ record, field, label, onCommit, onCancel }: EditorProps) {
  const { t } = useLingui();
  const present = (valueAt(record, field.key) ?? []) as string[];
  const [chosen, setChosen] = useState(present);
  const same = chosen.length === present.length && chosen.every((name) => present.includes(name));
  return (
    <Framed onCancel={onCancel} onLeave={() => onCommit(same ? null : patchAt(field.key, chosen), null)}>
      <MultiCombobox
        autoFocus
        label={label}
        options={optionsOf(field)}
        value={chosen.map((name) => ({ value: name, label: name }))}
        onChange={(next) => setChosen(next.map(({ value }) => value))}
        empty={t`There is no such option.`}
      />
    </Framed>
  );
}
