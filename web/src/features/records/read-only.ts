import { useLingui } from "@lingui/react/macro";
import { useRefusal } from "@/app/may";
import type { CrmRecord } from "./record";

/** Why a record can't be changed at this moment; undefined when it can. */
export function useReadOnlyReason(record: CrmRecord): string | undefined {
  const { t } = useLingui();
  const refusal = useRefusal({ part: "contacts" });
  return record.deleted_at ? t`What is in the trash can't be changed.` : refusal;
}
