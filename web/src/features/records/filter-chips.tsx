import { useLingui } from "@lingui/react/macro";
import { ListFilter } from "lucide-react";
import { lazy, type ReactElement, Suspense, useState } from "react";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Popover } from "@/ui/popover";
import { useClauseText } from "./clause-text";
import { changeAt, filterOf, type Group, isGroup, type Node, treeOf } from "./filter-tree";
import type { Clause, Filter } from "./list-search";
import { NO_FILTER } from "./list-search";
import type { RecordField } from "./record";

const ClauseForm = lazy(() => import("./clause-form").then((module) => ({ default: module.ClauseForm })));
const FilterDialog = lazy(() => import("./filter-dialog").then((module) => ({ default: module.FilterDialog })));

interface FilterProps {
  fields: readonly RecordField[];
  filter: Filter | undefined;
  onChange: (filter: Filter) => void;
}

/** "Filter", and a chip for each condition; what is nested opens in the editor. */
export function FilterChips({ fields, filter, onChange }: FilterProps) {
  const { t } = useLingui();
  const textOf = useClauseText(fields);
  const [nested, setNested] = useState(false);
  const tree = treeOf(filter);
  const apply = (next: Group) => onChange(filterOf(next) ?? NO_FILTER);
  // "Any of these" and "none of these" at the top are one condition, not several.
  const chips: Node[] = tree.mode === "all" ? tree.children : [tree];
  const change = (index: number, next: Clause | null) =>
    apply(tree.mode === "all" ? changeAt(tree, [index], () => next) : { mode: "all", children: next ? [next] : [] });
  const openNested = () => setNested(true);
  return (
    <>
      <ClausePopover
        fields={fields}
        onApply={(clause) => apply({ mode: "all", children: [...chips, clause] })}
        onNested={openNested}
        trigger={
          <Button size="sm" variant="ghost" icon={ListFilter}>
            <span className="max-wide:sr-only">{t`Filter`}</span>
          </Button>
        }
      />
      {chips.map((node, index) => {
        const text = textOf(node);
        const key = `${index}-${text}`;
        if (isGroup(node)) {
          return (
            <Chip key={key} label={text} onClick={openNested} onRemove={() => change(index, null)}>
              {text}
            </Chip>
          );
        }
        return (
          <ClausePopover
            key={key}
            fields={fields}
            clause={node}
            onApply={(next) => change(index, next)}
            onNested={openNested}
            trigger={
              <Chip label={text} onRemove={() => change(index, null)}>
                {text}
              </Chip>
            }
          />
        );
      })}
      <Suspense>
        {nested && (
          <FilterDialog
            fields={fields}
            filter={filter}
            onApply={(next) => onChange(next ?? NO_FILTER)}
            onClose={() => setNested(false)}
          />
        )}
      </Suspense>
    </>
  );
}

interface ClausePopoverProps {
  fields: readonly RecordField[];
  clause?: Clause;
  onApply: (clause: Clause) => void;
  onNested: () => void;
  trigger: ReactElement<Record<string, unknown>>;
}

function ClausePopover({ fields, clause, onApply, onNested, trigger }: ClausePopoverProps) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  return (
    <Popover trigger={trigger} label={t`Filter`} open={open} onOpenChange={setOpen}>
      <Suspense>
        <ClauseForm
          fields={fields}
          {...(clause && { clause })}
          onApply={(next) => {
            setOpen(false);
            onApply(next);
          }}
          onNested={() => {
            setOpen(false);
            onNested();
          }}
        />
      </Suspense>
    </Popover>
  );
}
