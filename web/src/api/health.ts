import { queryOptions } from "@tanstack/react-query";
import { Problem } from "./problem";

export type PartStatus = "ok" | "degraded" | "down";

export interface Health {
  status: PartStatus;
  version: string;
  services: Record<string, { status: PartStatus; latency_ms: number | null; checks: Record<string, string> }>;
}

async function readHealth(signal: AbortSignal): Promise<Health> {
  const response = await fetch("/health", { signal, cache: "no-store" }).catch(() => {
    throw new Problem(0);
  });
  const body = (await response.json().catch(() => null)) as Health | null;
  // "down" is a 503 with the same body; anything else is not our gateway.
  if (!body?.services) throw new Problem(response.status);
  return body;
}

/** Asked often while something is wrong, seldom while all is well. */
export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => readHealth(signal),
  retry: false,
  staleTime: 0,
  gcTime: 60_000,
  meta: { persist: false },
  refetchInterval: (query) => (query.state.data?.status === "ok" && query.state.status === "success" ? 20_000 : 3_000),
  refetchOnWindowFocus: "always",
});
