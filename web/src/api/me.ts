import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "./client";
import type { Me, Role } from "./types";
import { chosenWorkspace } from "./workspace";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<Me> => (await api.GET("/api/v1/me", { signal })).data!,
  staleTime: 5 * 60_000,
});

export type MyWorkspace = Me["workspaces"][number];

/** The workspace on screen; undefined until known. */
export function useWorkspace(): MyWorkspace | undefined {
  const { data } = useQuery(meQuery);
  const chosen = chosenWorkspace();
  return data?.workspaces.find((workspace) => workspace.id === chosen) ?? data?.workspaces[0];
}

export const membersQuery = queryOptions({
  queryKey: ["members"],
  queryFn: async ({ signal }) => (await api.GET("/api/v1/members", { signal })).data!.items,
  staleTime: 5 * 60_000,
});

const RANK: Record<Role, number> = { viewer: 0, member: 1, admin: 2, owner: 3 };

export function atLeast(role: string | undefined, needed: Role): boolean {
  // Until the role is known the server decides.
  return role === undefined || (RANK[role as Role] ?? 0) >= RANK[needed];
}
