import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { membersQuery } from "@/api/me";
import { MultiCombobox } from "@/ui/combobox";
import { DateField } from "@/ui/date-field";
import { Field, Input } from "@/ui/field";
import { type Option, Select } from "@/ui/select";
import type { Operator } from "./filter-operators";
import type { Draft } from "./filter-values";
import { tagsQuery } from "./lookups";
import type { RecordField } from "./record";

interface ClauseValueProps {
  field: RecordField;
  operator: Operator;
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Inside a row of the editor the words stand in front. */
  hideLabel?: boolean;
}

/** What a condition compares with, asked for as its operator needs it. */
export function ClauseValue({ field, operator, draft, onChange, hideLabel = false }: ClauseValueProps) {
  const { t } = useLingui();
  const options = useOptions(field);
  const label = operator.value === "days" ? t`Days` : t`Value`;
  switch (operator.value) {
    case "none":
      return null;
    case "choice":
      return (
        <Field label={label} hideLabel={hideLabel}>
          <Select
            value={draft[0] ?? null}
            onChange={(value) => onChange([value])}
            options={options}
            placeholder={t`Choose`}
          />
        </Field>
      );
    case "choices":
      return (
        <MultiCombobox
          label={label}
          options={options}
          value={draft.map((value) => options.find((option) => option.value === value) ?? { value, label: value })}
          onChange={(chosen) => onChange(chosen.map(({ value }) => value))}
          placeholder={t`Choose some`}
          empty={t`There is no such choice.`}
        />
      );
    case "numbers":
    case "dates":
      return (
        <div className="flex gap-2">
          {[t`From`, t`To`].map((name, index) => (
            <Field key={name} label={name} hideLabel={hideLabel} className="min-w-0 flex-1">
              <Single
                kind={operator.value === "dates" ? "date" : "number"}
                text={draft[index] ?? ""}
                onChange={(text) => onChange([draft[0] ?? "", draft[1] ?? ""].with(index, text))}
              />
            </Field>
          ))}
        </div>
      );
    default:
      return (
        <Field label={label} hideLabel={hideLabel}>
          <Single kind={operator.value} text={draft[0] ?? ""} onChange={(text) => onChange([text])} />
        </Field>
      );
  }
}

interface SingleProps {
  kind: "text" | "number" | "days" | "date";
  text: string;
  onChange: (text: string) => void;
}

function Single({ kind, text, onChange }: SingleProps) {
  if (kind === "date") return <DateField value={text || null} onChange={(day) => onChange(day ?? "")} />;
  return (
    <Input
      type={kind === "text" ? "text" : "number"}
      {...(kind === "days" && { min: 0, max: 36500 })}
      {...(kind === "number" && { step: "any" })}
      value={text}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function useOptions({ kind, options = [] }: RecordField): Option[] {
  const { t } = useLingui();
  const { data: tags = [] } = useQuery(tagsQuery);
  const { data: members = [] } = useQuery(membersQuery);
  if (kind === "tags") return tags.map(({ name }) => ({ value: name, label: name }));
  if (kind === "owner") return members.map(({ user_id, name }) => ({ value: user_id, label: name }));
  if (kind === "boolean") {
    return [
      { value: "true", label: t`Yes` },
      { value: "false", label: t`No` },
    ];
  }
  return options.map((name) => ({ value: name, label: name }));
}
