import { useLingui } from "@lingui/react/macro";
import { Plus, Split, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Select } from "@/ui/select";
import { useClauseForm } from "./clause-form";
import { ClauseValue } from "./clause-value";
import {
  addAt,
  changeAt,
  CLAUSES_MAX,
  countClauses,
  DEPTH_MAX,
  depthOf,
  filterOf,
  type Group,
  isGroup,
  type Mode,
  type Node,
  type Path,
  treeOf,
} from "./filter-tree";
import type { Clause, Filter } from "./list-search";
import type { RecordField } from "./record";

interface FilterDialogProps {
  fields: readonly RecordField[];
  filter: Filter | undefined;
  onApply: (filter: Filter | undefined) => void;
  onClose: () => void;
}

/** A condition that is not filled in yet. Each has a number of its own, so that a row keeps its form when others go. */
interface Draft extends Clause {
  draft: number;
}

let drafts = 0;
const newDraft = (): Draft => ({ field: "tags", op: "", draft: (drafts += 1) });
const isComplete = (clause: Clause) => clause.op !== "";

/** Conditions in groups, groups in groups: as deep as the API goes. */
export function FilterDialog({ fields, filter, onApply, onClose }: FilterDialogProps) {
  const { t } = useLingui();
  const [tree, setTree] = useState<Group>(() => numbered(treeOf(filter)) as Group);
  const result = filterOf(stripped(tree)!);
  const tooDeep = depthOf(result) > DEPTH_MAX;
  const tooMany = countClauses(treeOf(result)) > CLAUSES_MAX;
  const refusal = tooDeep
    ? t`Groups go at most five deep.`
    : tooMany
      ? t`A filter holds at most ${CLAUSES_MAX} conditions.`
      : undefined;
  return (
    <Dialog
      open
      size="lg"
      onOpenChange={(open) => !open && onClose()}
      title={t`Combine conditions`}
      description={t`Groups say whether all, any or none of what is in them has to hold.`}
      footer={
        <>
          <Button
            variant="ghost"
            onClick={() => setTree({ mode: "all", children: [] })}
            className="me-auto"
          >{t`Clear`}</Button>
          <Button onClick={onClose}>{t`Close`}</Button>
          <Button
            variant="primary"
            disabledReason={refusal}
            onClick={() => {
              onApply(result);
              onClose();
            }}
          >
            {t`Apply`}
          </Button>
        </>
      }
    >
      <GroupEditor
        fields={fields}
        group={tree}
        path={[]}
        onChange={(path, change) => setTree((before) => changeAt(before, path, change))}
        onAdd={(path, node) => setTree((before) => addAt(before, path, node))}
      />
    </Dialog>
  );
}

function numbered(node: Node): Node {
  if (isGroup(node)) return { ...node, children: node.children.map(numbered) };
  return { ...node, draft: (drafts += 1) } as Draft;
}

/** The tree without what is not filled in, and without the numbers. */
function stripped(node: Node): Node | null {
  if (isGroup(node)) return { ...node, children: node.children.flatMap((child) => stripped(child) ?? []) };
  if (!isComplete(node)) return null;
  const { field, op, value } = node;
  return { field, op, ...(value !== undefined && { value }) };
}

interface EditorProps {
  fields: readonly RecordField[];
  path: Path;
  onChange: (path: Path, change: (node: Node) => Node | null) => void;
}

interface GroupEditorProps extends EditorProps {
  group: Group;
  onAdd: (path: Path, node: Node) => void;
}

function GroupEditor({ fields, group, path, onChange, onAdd }: GroupEditorProps) {
  const { t } = useLingui();
  const isTop = path.length === 0;
  return (
    <div
      role="group"
      aria-label={t`Group of conditions`}
      className={isTop ? "flex flex-col gap-2" : "flex flex-col gap-2 rounded-md bg-sunken p-2"}
    >
      <div className="flex items-center gap-2">
        <Select<Mode>
          label={t`What has to hold`}
          className="w-56"
          value={group.mode}
          onChange={(mode) => onChange(path, (node) => ({ ...(node as Group), mode }))}
          options={[
            { value: "all", label: t`All of these hold` },
            { value: "any", label: t`Any of these holds` },
            { value: "none", label: t`None of these holds` },
          ]}
        />
        {!isTop && (
          <IconButton
            size="sm"
            icon={X}
            label={t`Remove the group`}
            className="ms-auto"
            onClick={() => onChange(path, () => null)}
          />
        )}
      </div>
      {group.children.map((child, index) =>
        isGroup(child) ? (
          <GroupEditor
            key={index}
            fields={fields}
            group={child}
            path={[...path, index]}
            onChange={onChange}
            onAdd={onAdd}
          />
        ) : (
          <ClauseRow
            key={(child as Draft).draft}
            fields={fields}
            clause={child as Draft}
            path={[...path, index]}
            onChange={onChange}
          />
        ),
      )}
      <div className="flex flex-wrap gap-1">
        <Button size="sm" variant="ghost" icon={Plus} onClick={() => onAdd(path, newDraft())}>
          {t`Condition`}
        </Button>
        <Button
          size="sm"
          variant="ghost"
          icon={Split}
          onClick={() => onAdd(path, { mode: group.mode === "any" ? "all" : "any", children: [newDraft()] })}
        >
          {t`Group`}
        </Button>
      </div>
    </div>
  );
}

function ClauseRow({ fields, clause, path, onChange }: EditorProps & { clause: Draft }) {
  const { t } = useLingui();
  const form = useClauseForm(fields, isComplete(clause) ? clause : undefined);
  const made = JSON.stringify(form.clause);
  // The form is the row's own; the tree hears of what it comes to.
  useEffect(() => {
    const next = JSON.parse(made) as Clause | null;
    onChange(path, (node) => ({ ...(next ?? { field: "tags", op: "" }), draft: (node as Draft).draft }) as Draft);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- path and onChange are new with every paint
  }, [made]);
  return (
    <div className="flex flex-wrap items-start gap-2">
      <div className="w-40 max-wide:flex-1">
        <Select label={t`Field`} {...form.fieldSelect} />
      </div>
      <div className="w-44 max-wide:flex-1">
        <Select label={t`Condition`} {...form.operatorSelect} />
      </div>
      <div className="min-w-40 flex-1">
        <ClauseValue
          hideLabel
          field={form.field}
          operator={form.operator}
          draft={form.draft}
          onChange={form.setDraft}
        />
      </div>
      <IconButton icon={X} label={t`Remove the condition`} onClick={() => onChange(path, () => null)} />
    </div>
  );
}
