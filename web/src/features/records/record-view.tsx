import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "@/api/errors";
import { isProblem } from "@/api/problem";
import { OfflineState } from "@/app/error-page";
import { Composer } from "@/features/timeline/composer";
import { Timeline } from "@/features/timeline/timeline";
import { useIsPhone } from "@/lib/use-media";
import { EmptyState } from "@/ui/empty-state";
import { Segmented } from "@/ui/segmented";
import { Skeleton, SkeletonLines } from "@/ui/skeleton";
import { useNoun } from "./noun-context";
import { recordQuery, shownRecord } from "./queries";
import type { CrmRecord } from "./record";
import { RecordFields } from "./record-fields";
import { RecordHead } from "./record-head";
import { useReadOnlyReason } from "./read-only";

/** Everything about one record: the same in panel and page. */
export function RecordView({ id }: { id: string }) {
  const { source } = useNoun();
  const queryClient = useQueryClient();
  const query = useQuery({ ...recordQuery(source, id), placeholderData: () => shownRecord(queryClient, source, id) });
  if (query.data) return <Loaded record={query.data} />;
  if (query.isPending) return <RecordSkeleton />;
  if (isProblem(query.error, 0)) return <OfflineState onRetry={() => void query.refetch()} />;
  const { title, description } = explain(query.error);
  return (
    <EmptyState kind="nothing" title={title}>
      {description}
    </EmptyState>
  );
}

function Loaded({ record }: { record: CrmRecord }) {
  const isPhone = useIsPhone();
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <RecordHead record={record} />
      {isPhone ? <PhoneBody record={record} /> : <WideBody record={record} />}
    </div>
  );
}

function WideBody({ record }: { record: CrmRecord }) {
  const readOnlyReason = useReadOnlyReason(record);
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(15rem,20rem)_minmax(0,1fr)] border-t">
      <div className="overflow-y-auto border-e px-4 py-3">
        <RecordFields record={record} readOnlyReason={readOnlyReason} />
      </div>
      <div className="overflow-y-auto px-5 py-4">
        <Activity record={record} />
      </div>
    </div>
  );
}

function PhoneBody({ record }: { record: CrmRecord }) {
  const { t } = useLingui();
  const [tab, setTab] = useState<"timeline" | "details">("timeline");
  const readOnlyReason = useReadOnlyReason(record);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-6">
      <Segmented
        label={t`Parts of the record`}
        value={tab}
        onChange={setTab}
        options={[
          { value: "timeline", label: t`Timeline` },
          { value: "details", label: t`Details` },
        ]}
      />
      <div className="pt-4">
        {tab === "timeline" ? (
          <Activity record={record} />
        ) : (
          <RecordFields record={record} readOnlyReason={readOnlyReason} />
        )}
      </div>
    </div>
  );
}

function Activity({ record }: { record: CrmRecord }) {
  const { source } = useNoun();
  const subject = { noun: source.noun, id: record.id };
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-5">
      {!record.deleted_at && <Composer subject={subject} />}
      <Timeline subject={subject} />
    </div>
  );
}

function RecordSkeleton() {
  const { t } = useLingui();
  return (
    <div className="flex flex-col gap-6 px-5 pt-4">
      <div className="flex items-center gap-3">
        <Skeleton className="size-12 rounded-full" />
        <Skeleton className="h-6 w-48" />
      </div>
      <SkeletonLines lines={6} label={t`Loading`} />
    </div>
  );
}
