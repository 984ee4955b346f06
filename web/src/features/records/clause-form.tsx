import { useLingui } from "@lingui/react/macro";
import { Network } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { ClauseValue } from "./clause-value";
import { labelOf } from "./fields";
import { fieldOfFilter, filterable, filterKey, operatorOf, operatorsOf } from "./filter-operators";
import { clauseOf, type Draft, draftOf } from "./filter-values";
import type { Clause } from "./list-search";
import type { RecordField } from "./record";

interface ClauseFormProps {
  fields: readonly RecordField[];
  clause?: Clause;
  onApply: (clause: Clause) => void;
  onNested: () => void;
}

/** One condition: field, operator, value. */
export function ClauseForm({ fields, clause, onApply, onNested }: ClauseFormProps) {
  const { t } = useLingui();
  const form = useClauseForm(fields, clause);

  function apply(event: FormEvent) {
    event.preventDefault();
    if (form.clause) onApply(form.clause);
  }

  return (
    <form onSubmit={apply} className="flex flex-col gap-3">
      <Field label={t`Field`}>
        <Select {...form.fieldSelect} />
      </Field>
      <Field label={t`Condition`}>
        <Select {...form.operatorSelect} />
      </Field>
      <ClauseValue field={form.field} operator={form.operator} draft={form.draft} onChange={form.setDraft} />
      <Button type="submit" variant="primary" disabled={!form.clause}>
        {t`Apply`}
      </Button>
      <Button variant="ghost" icon={Network} onClick={onNested}>
        {t`Combine conditions`}
      </Button>
    </form>
  );
}

/** The state of a condition's form; `clause` is null while something is missing. */
export function useClauseForm(fields: readonly RecordField[], initial: Clause | undefined) {
  const { i18n } = useLingui();
  const choices = filterable(fields);
  const [key, setKey] = useState(initial?.field ?? "tags");
  const field = fieldOfFilter(fields, key) ?? choices[0]!;
  const [operatorId, setOperatorId] = useState(initial && operatorOf(field, initial)?.id);
  const [draft, setDraft] = useState<Draft>(() => draftOf(field, initial));
  const operators = operatorsOf(field);
  const operator = operators.find(({ id }) => id === operatorId) ?? operators[0]!;
  return {
    field,
    operator,
    draft,
    setDraft,
    clause: clauseOf(filterKey(field), field, operator, draft),
    fieldSelect: {
      value: filterKey(field),
      options: choices.map((each) => ({ value: filterKey(each), label: labelOf(each) })),
      onChange: (next: string) => {
        setKey(next);
        if (fieldOfFilter(fields, next)?.kind !== field.kind) setDraft([]);
      },
    },
    operatorSelect: {
      value: operator.id,
      options: operators.map(({ id, label }) => ({ value: id, label: i18n._(label) })),
      onChange: (next: string) => {
        setOperatorId(next);
        const kind = operators.find(({ id }) => id === next)?.value;
        if (kind !== operator.value) setDraft(kind === "none" ? [] : draft.slice(0, 1));
      },
    },
  };
}
