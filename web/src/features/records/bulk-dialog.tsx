import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/ui/button";
import { Combobox } from "@/ui/combobox";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { type Option, Select } from "@/ui/select";
import type { BulkTask } from "./bulk-bar";
import { CellValue } from "./cell";
import { LazyEditor } from "./lazy-editor";
import { labelOf } from "./fields";
import { tagsQuery } from "./lookups";
import { useNoun } from "./noun-context";
import { mergePatch } from "@/lib/merge-patch";
import { type CrmRecord, isChoice, isEmptyValue, patchAt, type RecordField, type RecordPatch, valueAt } from "./record";
import type { BulkAction } from "./source";

interface BulkDialogProps {
  task: BulkTask;
  count: number;
  fields: readonly RecordField[];
  onRun: (change: BulkAction) => void;
  onClose: () => void;
}

/** One change for many records: what, and for how many, before it is done. */
export function BulkDialog({ task, count, fields, onRun, onClose }: BulkDialogProps) {
  const { t } = useLingui();
  const { words } = useNoun();
  const [change, setChange] = useState<BulkAction | null>(
    task === "trash" || task === "restore" ? { action: task } : null,
  );
  const many = words.count(count);
  const titles: Record<BulkTask, string> = {
    add_tag: t`Tag ${{ many }}`,
    remove_tag: t`Untag ${{ many }}`,
    set: t`Set a field of ${{ many }}`,
    trash: t`Move ${{ many }} to the trash`,
    restore: t`Restore ${{ many }}`,
  };
  return (
    <Dialog
      open
      size="sm"
      onOpenChange={(open) => !open && onClose()}
      title={titles[task]}
      description={t`All of them or none; Undo takes it back.`}
      footer={
        <>
          <Button onClick={onClose}>{t`Close`}</Button>
          <Button variant="primary" disabled={!change} onClick={() => change && onRun(change)}>
            {t`Change ${{ many }}`}
          </Button>
        </>
      }
    >
      {(task === "add_tag" || task === "remove_tag") && (
        <TagChoice mayCreate={task === "add_tag"} onChoose={(tag) => setChange(tag ? { action: task, tag } : null)} />
      )}
      {task === "set" && <FieldChoice fields={fields} onChange={setChange} />}
    </Dialog>
  );
}

function TagChoice({ mayCreate, onChoose }: { mayCreate: boolean; onChoose: (tag: string | null) => void }) {
  const { t } = useLingui();
  const { data: tags = [] } = useQuery(tagsQuery);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<Option | null>(null);
  const typed = text.trim();
  const options: Option[] = tags
    .filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()))
    .map(({ name }) => ({ value: name, label: name }));
  if (mayCreate && typed && !tags.some(({ name }) => name.toLowerCase() === typed.toLowerCase()))
    options.push({ value: typed, label: t`Create “${typed}”` });
  return (
    <Combobox
      autoFocus
      label={t`Tag`}
      placeholder={t`Find a tag`}
      options={options}
      value={chosen}
      onChange={(option) => {
        setChosen(option && { value: option.value, label: option.value });
        onChoose(option?.value ?? null);
      }}
      onSearch={setText}
      empty={t`There is no such tag.`}
    />
  );
}

interface FieldChoiceProps {
  fields: readonly RecordField[];
  onChange: (change: BulkAction | null) => void;
}

/** A field and its new value, with the same editor as in the table. */
function FieldChoice({ fields, onChange }: FieldChoiceProps) {
  const { t } = useLingui();
  // Names, e-mails and phones are one's own: the same for many is never meant.
  const settable = fields.filter(
    ({ kind, key, readOnly }) =>
      !readOnly && key !== "name" && !["person_name", "emails", "phones", "links", "address", "tags"].includes(kind),
  );
  const [field, setField] = useState(settable[0]!);
  const [patch, setPatch] = useState<RecordPatch>({});
  const blank = blankWith(patch);
  const [isEditing, setEditing] = useState(false);

  function set(next: RecordPatch) {
    setPatch(next);
    const sent = { ...next };
    delete sent.company_name;
    onChange({ action: "set", values: sent });
  }

  return (
    <div className="flex flex-col gap-4">
      <Field label={t`Field`}>
        <Select
          value={field.key}
          options={settable.map((each) => ({ value: each.key, label: labelOf(each) }))}
          onChange={(key) => {
            const next = settable.find((each) => each.key === key)!;
            setField(next);
            set(patchAt(key, null));
          }}
        />
      </Field>
      <div className="flex flex-col gap-1.5">
        <span className="text-sm font-medium text-ink-muted">{t`New value`}</span>
        {isEditing ? (
          <div className={isChoice(field) ? "" : "flex min-h-control field items-center"}>
            <LazyEditor
              record={blank}
              field={field}
              label={t`New value`}
              onCommit={(next) => {
                setEditing(false);
                if (next) set(next);
              }}
              onCancel={() => setEditing(false)}
            />
          </div>
        ) : (
          <button
            type="button"
            onClick={() => setEditing(true)}
            className="flex min-h-control field items-center text-start"
          >
            {isEmptyValue(valueAt(blank, field.key)) ? (
              <span className="text-ink-faint">{t`Empty`}</span>
            ) : (
              <CellValue record={blank} field={field} />
            )}
          </button>
        )}
      </div>
    </div>
  );
}

/** A record that holds nothing but the new value. */
function blankWith(patch: RecordPatch): CrmRecord {
  const blank = { id: "", version: 0, name: "", tags: [], owner_id: null, links: [], address: {}, custom: {} };
  return mergePatch(blank, patch) as unknown as CrmRecord;
}
