import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Download, PencilLine, RotateCcw, Tag as TagIcon, Trash2, X } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { type Action, useActions } from "@/app/actions";
import { useRefusal } from "@/app/may";
import { formatNumber } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { Menu } from "@/ui/menu";
import { changeMany } from "./changes";
import { EXPORT_IDS_MAX, type ExportFormat, exportPeople } from "./export";
import type { ListSearch } from "./list-search";
import { useNoun } from "./noun-context";
import type { RecordField } from "./record";
import type { Selection } from "./selection";
import type { BulkAction, Chosen } from "./source";

const BulkDialog = lazy(() => import("./bulk-dialog").then((module) => ({ default: module.BulkDialog })));

export type BulkTask = "add_tag" | "remove_tag" | "set" | "trash" | "restore";

interface BulkBarProps {
  selection: Selection;
  search: ListSearch;
  /** How many the list holds. */
  total: number;
  fields: readonly RecordField[];
}

/** What can be done with the rows picked; the same actions are in the palette. Nothing is done before its count is seen. */
export function BulkBar({ selection, search, total, fields }: BulkBarProps) {
  const { t } = useLingui();
  const noun = useNoun();
  const queryClient = useQueryClient();
  const refusal = useRefusal({ part: "contacts" });
  const [task, setTask] = useState<BulkTask | null>(null);
  const { ids, all, clear } = selection;
  const inTrash = search.trashed === true;
  const count = all ? total : ids.size;
  const chosen = useMemo<Chosen>(
    () => (all ? { filter: search.filter ?? null, q: search.q ?? null } : { ids: [...ids] }),
    [all, ids, search.filter, search.q],
  );

  const actions = useMemo(() => {
    const run = (change: BulkAction) => {
      setTask(null);
      clear();
      void changeMany(queryClient, noun, chosen, change);
    };
    // What is on screen was counted by looking at it; more than that is counted in a dialog first.
    const begin = (next: "trash" | "restore") => () => (all ? setTask(next) : run({ action: next }));
    const of = (id: BulkTask, rest: Omit<Action, "id" | "section" | "disabledReason">): Action => ({
      id: `bulk-${id}`,
      section: t`Selection`,
      disabledReason: refusal,
      ...rest,
    });
    return {
      run,
      offered: inTrash
        ? [of("restore", { label: t`Restore the selected`, icon: RotateCcw, run: begin("restore") })]
        : [
            of("add_tag", { label: t`Tag the selected`, icon: TagIcon, run: () => setTask("add_tag") }),
            of("remove_tag", { label: t`Untag the selected`, run: () => setTask("remove_tag") }),
            of("set", { label: t`Set a field of the selected`, icon: PencilLine, run: () => setTask("set") }),
            of("trash", { label: t`Move the selected to the trash`, icon: Trash2, run: begin("trash") }),
          ],
      clear: { id: "bulk-clear", label: t`Clear the selection`, section: t`Selection`, icon: X, run: clear },
    };
  }, [t, inTrash, refusal, clear, queryClient, noun, chosen, all]);
  useActions(useMemo(() => [...actions.offered, actions.clear], [actions]));

  const short: Record<string, string> = {
    "bulk-add_tag": t`Tag`,
    "bulk-remove_tag": t`Untag`,
    "bulk-set": t`Set field`,
    "bulk-trash": t`Trash`,
    "bulk-restore": t`Restore`,
  };
  return (
    <>
      <div
        role="toolbar"
        aria-label={t`Selection`}
        className="absolute inset-x-0 bottom-16 z-20 mx-auto flex w-fit max-w-[calc(100%-1rem)] popup animate-appear flex-wrap items-center gap-1 p-1.5"
      >
        <span className="px-2 font-medium whitespace-nowrap tabular">
          {t`${{ count: formatNumber(count) }} selected`}
        </span>
        {!all && total > count && (
          <Button size="sm" variant="ghost" className="text-accent-text" onClick={selection.pickAll}>
            {t`Select all ${{ total: formatNumber(total) }}`}
          </Button>
        )}
        {actions.offered.map(({ id, icon, disabledReason, run }) => (
          <Button
            key={id}
            size="sm"
            variant="ghost"
            {...(icon && { icon })}
            disabledReason={disabledReason}
            onClick={run}
          >
            {short[id]}
          </Button>
        ))}
        {!inTrash && noun.source.noun === "contact" && <ExportMenu chosen={chosen} />}
        <IconButton size="sm" icon={X} label={t`Clear the selection`} keys="Escape" onClick={clear} />
      </div>
      <Suspense>
        {task && (
          <BulkDialog task={task} count={count} fields={fields} onRun={actions.run} onClose={() => setTask(null)} />
        )}
      </Suspense>
    </>
  );
}

function ExportMenu({ chosen }: { chosen: Chosen }) {
  const { t } = useLingui();
  const tooMany =
    "ids" in chosen && chosen.ids.length > EXPORT_IDS_MAX
      ? t`Up to ${EXPORT_IDS_MAX} picked one by one, or all of the list.`
      : undefined;
  const formats: [ExportFormat, string][] = [
    ["csv", t`Table (CSV)`],
    ["vcf", t`Contact cards (vCard)`],
    ["json", t`Data (JSON)`],
  ];
  return (
    <Menu
      side="top"
      trigger={<Button size="sm" variant="ghost" icon={Download}>{t`Export`}</Button>}
      entries={formats.map(([format, label]) => ({
        id: format,
        label,
        disabledReason: tooMany,
        run: () => void exportPeople(chosen, format),
      }))}
    />
  );
}
