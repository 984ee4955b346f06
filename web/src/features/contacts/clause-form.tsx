import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { membersQuery } from "@/api/me";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { Field, Input } from "@/ui/field";
import { type Option, Select } from "@/ui/select";
import { type Clause, fieldOfFilter, FILTERABLE, filterKey, operatorsOf } from "./filter-clauses";
import { tagsQuery } from "./lookups";

export function ClauseForm({ clause, onApply }: { clause?: Clause; onApply: (clause: Clause) => void }) {
  const { t, i18n } = useLingui();
  const [key, setKey] = useState(clause?.field ?? "tags");
  const [op, setOp] = useState(clause?.op ?? "has");
  const [value, setValue] = useState(clause?.value === undefined ? "" : String(clause.value));
  const field = fieldOfFilter(key) ?? FILTERABLE[0]!;
  const operators = operatorsOf(field);
  const operator = operators.find((candidate) => candidate.op === op) ?? operators[0]!;

  function apply(event: FormEvent) {
    event.preventDefault();
    const typed = operator.value === "number" ? Number(value) : value.trim();
    onApply({ field: key, op: operator.op, value: operator.value === "none" ? true : typed });
  }

  return (
    <form onSubmit={apply} className="flex flex-col gap-3">
      <Field label={t`Field`}>
        <Select
          value={key}
          onChange={(next) => {
            setKey(next);
            setValue("");
          }}
          options={FILTERABLE.map((each) => ({ value: filterKey(each), label: i18n._(each.label) }))}
        />
      </Field>
      <Field label={t`Condition`}>
        <Select
          value={operator.op}
          onChange={setOp}
          options={operators.map((each) => ({ value: each.op, label: i18n._(each.label) }))}
        />
      </Field>
      {operator.value !== "none" && <ValueField kind={operator.value} value={value} onChange={setValue} />}
      <Button type="submit" variant="primary" disabled={operator.value !== "none" && !value.trim()}>
        {t`Apply`}
      </Button>
    </form>
  );
}

function ValueField({ kind, value, onChange }: { kind: string; value: string; onChange: (value: string) => void }) {
  const { t } = useLingui();
  const { data: tags = [] } = useQuery(tagsQuery);
  const { data: members = [] } = useQuery(membersQuery);
  const options: Option[] =
    kind === "tag"
      ? tags.map(({ name }) => ({ value: name, label: name }))
      : members.map(({ user_id, name }) => ({ value: user_id, label: name }));
  return (
    <Field label={t`Value`}>
      {kind === "tag" || kind === "member" ? (
        <Select value={value || null} onChange={onChange} options={options} placeholder={t`Choose`} />
      ) : kind === "date" ? (
        <DateField value={value || null} onChange={(next) => onChange(next ?? "")} />
      ) : (
        <Input
          type={kind === "number" ? "number" : "text"}
          min={1}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
