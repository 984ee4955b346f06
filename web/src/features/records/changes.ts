import type { QueryClient } from "@tanstack/react-query";
import { plural, t } from "@lingui/core/macro";
import { api } from "@/api/client";
import { toastDone, toastFailed } from "@/app/feedback";
import { toast } from "@/ui/toast";
import type { Noun } from "./noun";
import { dropFromLists, recordKeys, writeRecord } from "./queries";
import type { CrmRecord } from "./record";
import type { BulkAction, BulkOutcome, Chosen } from "./source";

/** Gone from the screen at once; back when it is refused. */
export async function trashRecord(queryClient: QueryClient, { source }: Noun, record: CrmRecord): Promise<void> {
  dropFromLists(queryClient, source, new Set([record.id]));
  try {
    const { operationId } = await source.trash(record.id);
    toastDone(queryClient, t`${{ name: record.name || "–" }} is in the trash`, operationId);
  } catch (error) {
    toastFailed(error);
  }
  void queryClient.invalidateQueries({ queryKey: recordKeys.all(source) });
}

export async function restoreRecord(queryClient: QueryClient, { source }: Noun, record: CrmRecord): Promise<void> {
  try {
    const { value, operationId } = await source.restore(record.id);
    writeRecord(queryClient, source, value);
    toastDone(queryClient, t`${{ name: record.name || "–" }} is back`, operationId);
    void queryClient.invalidateQueries({ queryKey: recordKeys.lists(source) });
  } catch (error) {
    toastFailed(error);
  }
}

/** All or nothing; says how many it changed, a large one when it is through. */
export async function changeMany(
  queryClient: QueryClient,
  noun: Noun,
  chosen: Chosen,
  change: BulkAction,
): Promise<void> {
  if ("ids" in chosen && (change.action === "trash" || change.action === "restore"))
    dropFromLists(queryClient, noun.source, new Set(chosen.ids));
  try {
    const outcome = await noun.source.bulk({ ...change, ...chosen });
    const changed = outcome.changed ?? (await untilDone(outcome));
    toastDone(queryClient, noun.words.changed(changed), outcome.operation_id);
  } catch (error) {
    toastFailed(error);
  }
  await queryClient.invalidateQueries({ queryKey: recordKeys.all(noun.source) });
  await queryClient.invalidateQueries({ queryKey: ["tags"] });
}

const ASK_AGAIN_MS = 700;

/** How many a large change came to change. Failing is said by the operation's own state: then nothing stays changed. */
async function untilDone({ operation_id, matched }: BulkOutcome): Promise<number> {
  toast({
    id: operation_id,
    title: plural(matched, { one: "Changing # record…", other: "Changing # records…" }),
    timeoutMs: 0,
  });
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    const { data } = await api.GET("/api/v1/operations/{operation_id}", { params: { path: { operation_id } } });
    const { status, counts } = data!;
    if (status === "running") continue;
    toast({ id: operation_id, title: status === "failed" ? t`This failed, and was taken back` : t`All through` });
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }
}
