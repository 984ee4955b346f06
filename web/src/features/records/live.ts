import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Fact } from "@/api/live";
import { isProblem } from "@/api/problem";
import { awaitTimeline } from "@/features/timeline/live";
import { dropFromLists, recordKeys, recordQuery, shownRecord, writeRecord } from "./queries";
import type { RecordPage, Source } from "./source";

/** Lists of at most this many pages are read again as a whole; longer ones only have the record itself replaced. */
const REREAD_PAGES = 3;
const GATHER_MS = 250;

/** Brings a change of a record, made here or elsewhere, to all that shows it. Nothing moves under the pointer. */
export async function applyRecordFact(queryClient: QueryClient, source: Source, fact: Fact): Promise<void> {
  void awaitTimeline(queryClient, fact);
  if (/\.(trashed|purged|merged)$/.test(fact.type)) dropFromLists(queryClient, source, new Set([fact.id]));
  const shown = shownRecord(queryClient, source, fact.id);
  if (shown && (fact.version === null || shown.version < fact.version)) await reread(queryClient, source, fact.id);
  void queryClient.invalidateQueries({ queryKey: recordKeys.history(source, fact.id) });
  if (!shown || !fact.type.endsWith(".changed")) rereadShortLists(queryClient, source);
}

async function reread(queryClient: QueryClient, source: Source, id: string): Promise<void> {
  try {
    writeRecord(queryClient, source, await queryClient.fetchQuery({ ...recordQuery(source, id), staleTime: 0 }));
  } catch (error) {
    if (!isProblem(error, 404)) return;
    dropFromLists(queryClient, source, new Set([id]));
    await queryClient.invalidateQueries({ queryKey: recordKeys.record(source, id) });
  }
}

const pending = new Map<Source, ReturnType<typeof setTimeout>>();

/** Gathers what arrives within a moment: an import states thousands of facts. */
function rereadShortLists(queryClient: QueryClient, source: Source): void {
  clearTimeout(pending.get(source));
  const queryKey = recordKeys.lists(source);
  const isShort = (data: unknown) =>
    ((data as InfiniteData<RecordPage> | undefined)?.pages.length ?? 0) <= REREAD_PAGES;
  const act = () => {
    void queryClient.invalidateQueries({ queryKey, predicate: ({ state }) => isShort(state.data) });
    void queryClient.invalidateQueries({ queryKey, refetchType: "none" });
  };
  pending.set(source, setTimeout(act, GATHER_MS));
}
