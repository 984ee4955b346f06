import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Fact } from "@/api/live";
import { isProblem } from "@/api/problem";
import { awaitTimeline } from "@/features/timeline/live";
import { type ContactPage, contactKeys, contactQuery, dropFromLists, shownContact, writeContact } from "./queries";

/** Lists of at most this many pages are read again as a whole; longer ones only have the record itself replaced. */
const REREAD_PAGES = 3;

/** Brings a change of a person, made here or elsewhere, to all that shows the person. Nothing moves under the pointer. */
export async function applyContactFact(queryClient: QueryClient, fact: Fact): Promise<void> {
  void awaitTimeline(queryClient, fact);
  if (/\.(trashed|purged|merged)$/.test(fact.type)) dropFromLists(queryClient, new Set([fact.id]));
  const shown = shownContact(queryClient, fact.id);
  if (shown && (fact.version === null || shown.version < fact.version)) await rereadRecord(queryClient, fact.id);
  if (!shown || !fact.type.endsWith(".changed")) await rereadShortLists(queryClient);
}

async function rereadRecord(queryClient: QueryClient, id: string): Promise<void> {
  try {
    const contact = await queryClient.fetchQuery({ ...contactQuery(id), staleTime: 0 });
    writeContact(queryClient, contact);
  } catch (error) {
    if (!isProblem(error, 404)) return;
    dropFromLists(queryClient, new Set([id]));
    await queryClient.invalidateQueries({ queryKey: contactKeys.record(id) });
  }
}

let pending: ReturnType<typeof setTimeout> | undefined;

/** Gathers what arrives within a moment: an import states thousands of facts. */
function rereadShortLists(queryClient: QueryClient): Promise<void> {
  clearTimeout(pending);
  pending = setTimeout(() => {
    void queryClient.invalidateQueries({
      queryKey: contactKeys.lists,
      predicate: ({ state }) =>
        ((state.data as InfiniteData<ContactPage> | undefined)?.pages.length ?? 0) <= REREAD_PAGES,
    });
    void queryClient.invalidateQueries({ queryKey: contactKeys.lists, refetchType: "none" });
  }, 250);
  return Promise.resolve();
}
