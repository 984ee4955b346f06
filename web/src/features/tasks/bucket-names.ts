import { useLingui } from "@lingui/react/macro";
import type { Bucket } from "./queries";

export function useBucketNames(): Record<Bucket, string> {
  const { t } = useLingui();
  return { overdue: t`Overdue`, today: t`Today`, this_week: t`This week`, later: t`Later`, no_date: t`Without a date` };
}
