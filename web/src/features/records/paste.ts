import type { QueryClient } from "@tanstack/react-query";
import { plural, t } from "@lingui/core/macro";
import { api } from "@/api/client";
import { explain } from "@/api/errors";
import { isProblem } from "@/api/problem";
import { toastFailed } from "@/app/feedback";
import { mergePatch } from "@/lib/merge-patch";
import { toast } from "@/ui/toast";
import { patchOfText, takesText } from "./cell-text";
import type { CrmRecord, RecordField, RecordPatch } from "./record";
import { recordKeys } from "./queries";
import { saveQuietly } from "./save";
import type { Source } from "./source";

/** Rows that a paste fills at most: more is an import, which checks before it writes. */
const ROWS_MAX = 200;

interface RowPatch {
  record: CrmRecord;
  patch: RecordPatch;
}

/** What a block of cells changes, its first cell at the first of `fields`; a single cell fills every row. */
export function patchesOf(
  cells: readonly (readonly string[])[],
  records: readonly CrmRecord[],
  fields: readonly RecordField[],
): RowPatch[] {
  const isOne = cells.length === 1 && cells[0]!.length === 1;
  return records.flatMap((record, row) => {
    const texts = isOne ? cells[0]! : (cells[row] ?? []);
    const patches = texts.flatMap((text, column): RecordPatch[] => {
      const field = fields[column];
      const patch = field && takesText(field) ? patchOfText(record, field, text) : null;
      return patch ? [patch] : [];
    });
    if (patches.length === 0) return [];
    return [{ record, patch: patches.reduce<RecordPatch>((all, patch) => mergePatch(all, patch), {}) }];
  });
}

/** Saves row by row. What is refused is said, with how far it came; one Undo takes all of it back. */
export async function paste(
  queryClient: QueryClient,
  source: Source,
  cells: readonly (readonly string[])[],
  records: readonly CrmRecord[],
  fields: readonly RecordField[],
): Promise<void> {
  const rows = patchesOf(cells.slice(0, ROWS_MAX), records.slice(0, ROWS_MAX), fields);
  const operations: string[] = [];
  let changed = 0;
  for (const { record, patch } of rows) {
    try {
      const saved = await saveQuietly(queryClient, source, record, patch);
      if (!saved) continue;
      changed += 1;
      if (saved.operationId) operations.push(saved.operationId);
    } catch (error) {
      if (changed === 0) return toastFailed(error);
      sayPasted(queryClient, source, changed, operations, isProblem(error) ? explain(error).description : undefined);
      return;
    }
  }
  if (changed > 0) sayPasted(queryClient, source, changed, operations, undefined);
}

function sayPasted(
  queryClient: QueryClient,
  source: Source,
  changed: number,
  operations: readonly string[],
  description: string | undefined,
): void {
  toast({
    title: plural(changed, { one: "Pasted into # row", other: "Pasted into # rows" }),
    description,
    action: { label: t`Undo`, run: () => void undoAll(queryClient, source, operations) },
  });
}

async function undoAll(queryClient: QueryClient, source: Source, operations: readonly string[]): Promise<void> {
  try {
    for (const operation_id of operations.toReversed())
      await api.POST("/api/v1/operations/{operation_id}/undo", { params: { path: { operation_id } } });
    toast({ title: t`Undone` });
  } catch (error) {
    toastFailed(error);
  }
  await queryClient.invalidateQueries({ queryKey: recordKeys.all(source) });
}
