import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "@/api/health";
import { atLeast, useWorkspace } from "@/api/me";
import type { Role } from "@/api/types";

type Part = "contacts" | "events" | "identity";

/** Why something is off for this person at this moment; undefined when it is not. The one place that knows. */
export function useRefusal({ role = "member", part }: { role?: Role; part?: Part }): string | undefined {
  const workspace = useWorkspace();
  const health = useQuery(healthQuery);
  if (!atLeast(workspace?.role, role)) {
    return role === "admin"
      ? t`Only admins of this workspace can do this.`
      : t`You can look at this workspace, but not change it.`;
  }
  if (health.isError) return t`The server can't be reached.`;
  if (part && health.data?.services[part]?.status === "down") return t`This part of the system is down for the moment.`;
  return undefined;
}
