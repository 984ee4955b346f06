import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Fact } from "@/api/live";
import { isProblem } from "@/api/problem";
import { awaitTimeline } from "@/features/timeline/live";
import { coalesce } from "@/lib/coalesce";
import { dropFromLists, recordKeys, recordQuery, shownRecord, writeRecord } from "./queries";
import type { RecordPage, Source } from "./source";

/** Lists of at most this many pages are read again as a whole; longer ones only have the record itself replaced. */
const REREAD_PAGES = 3;
/** More records than this changed in one moment are not read one by one: an import states thousands of facts. */
const FEW = 10;
const GATHER_MS = 150;

/** Brings a change of a record, made here or elsewhere, to all that shows it. Nothing moves under the pointer. */
export async function applyRecordFact(queryClient: QueryClient, source: Source, fact: Fact): Promise<void> {
  void awaitTimeline(queryClient, fact);
  if (/\.(trashed|purged|merged)$/.test(fact.type)) dropFromLists(queryClient, source, new Set([fact.id]));
  gathererOf(queryClient, source)(fact);
}

type Gatherer = (fact: Fact) => void;
const gatherers = new WeakMap<QueryClient, Map<Source, Gatherer>>();

function gathererOf(queryClient: QueryClient, source: Source): Gatherer {
  const ofClient = gatherers.get(queryClient) ?? new Map<Source, Gatherer>();
  gatherers.set(queryClient, ofClient);
  const gatherer = ofClient.get(source) ?? createGatherer(queryClient, source);
  ofClient.set(source, gatherer);
  return gatherer;
}

function createGatherer(queryClient: QueryClient, source: Source): Gatherer {
  let facts = new Map<string, Fact>();
  const start = coalesce(async () => {
    const gathered = [...facts.values()];
    facts = new Map();
    const news = gathered.filter((fact) => isNews(queryClient, source, fact));
    if (news.length <= FEW) await Promise.all(news.map(({ id }) => reread(queryClient, source, id)));
    const listsMayDiffer = news.length > FEW || gathered.some((fact) => mayMoveRows(queryClient, source, fact));
    if (listsMayDiffer) await rereadShortLists(queryClient, source);
  }, GATHER_MS);
  return (fact) => {
    facts.set(fact.id, fact);
    start();
  };
}

/** The record is shown, and in an older version. */
function isNews(queryClient: QueryClient, source: Source, { id, version }: Fact): boolean {
  const shown = shownRecord(queryClient, source, id);
  return shown !== undefined && (version === null || shown.version < version);
}

function mayMoveRows(queryClient: QueryClient, source: Source, { id, type }: Fact): boolean {
  return !type.endsWith(".changed") || shownRecord(queryClient, source, id) === undefined;
}

async function reread(queryClient: QueryClient, source: Source, id: string): Promise<void> {
  void queryClient.invalidateQueries({ queryKey: recordKeys.history(source, id) });
  try {
    writeRecord(queryClient, source, await queryClient.fetchQuery({ ...recordQuery(source, id), staleTime: 0 }));
  } catch (error) {
    if (!isProblem(error, 404)) return;
    dropFromLists(queryClient, source, new Set([id]));
    await queryClient.invalidateQueries({ queryKey: recordKeys.record(source, id) });
  }
}

async function rereadShortLists(queryClient: QueryClient, source: Source): Promise<void> {
  const queryKey = recordKeys.lists(source);
  const isShort = (data: unknown) =>
    ((data as InfiniteData<RecordPage> | undefined)?.pages.length ?? 0) <= REREAD_PAGES;
  await queryClient.invalidateQueries({ queryKey, refetchType: "none" });
  await queryClient.invalidateQueries({ queryKey, predicate: ({ state }) => isShort(state.data) });
}
