import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Fact } from "@/api/live";
import type { TimelinePage } from "./queries";

/** The same broker brings a fact to us and to the timeline, in no set order: look again until it is there. */
const LOOK_AGAIN_MS = [0, 250, 750, 2000];

export async function awaitTimeline(queryClient: QueryClient, fact: Fact): Promise<void> {
  const queryKey = ["timeline", fact.id];
  if (queryClient.getQueryCache().find({ queryKey })?.isActive() !== true) {
    return queryClient.invalidateQueries({ queryKey });
  }
  for (const wait of LOOK_AGAIN_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    await queryClient.invalidateQueries({ queryKey });
    const pages = queryClient.getQueryData<InfiniteData<TimelinePage>>(queryKey)?.pages ?? [];
    if (pages.some((page) => page.items.some(({ operation_id }) => operation_id === fact.operation_id))) return;
  }
}
