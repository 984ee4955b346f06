import { useLingui } from "@lingui/react/macro";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { contactQuery } from "@/features/contacts/queries";
import { useDebounced } from "@/lib/use-debounced";
import { MultiCombobox } from "@/ui/combobox";
import { Field } from "@/ui/field";
import { peopleLookup } from "./queries";

/** Who takes part, or whom a task is about. */
export function PeopleField({ ids, onChange }: { ids: readonly string[]; onChange: (ids: string[]) => void }) {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const { data: found = [] } = useQuery(peopleLookup(useDebounced(text.trim(), 150)));
  const chosen = useQueries({ queries: ids.map((id) => contactQuery(id)) });
  const nameOf = (name: string | null | undefined) => name || t`No name`;
  return (
    <Field label={t`People`}>
      <MultiCombobox
        label={t`People`}
        placeholder={t`Name or e-mail`}
        options={found.map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
        value={ids.map((id, index) => ({ value: id, label: nameOf(chosen[index]?.data?.name) }))}
        onChange={(options) => onChange(options.map(({ value }) => value))}
        onSearch={setText}
        empty={t`Nobody is called that.`}
      />
    </Field>
  );
}
