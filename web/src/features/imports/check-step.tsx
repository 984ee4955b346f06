import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Import, ImportRow } from "@/api/types";
import { toastFailed } from "@/app/feedback";
import { useShownValue } from "@/features/records/values";
import { formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { Tabs } from "@/ui/tabs";
import { targetLabel } from "./mapping";
import { MendRow } from "./mend-row";
import { importQuery, importRowsQuery, type Outcome } from "./queries";

const OUTCOMES: readonly Outcome[] = ["create", "update", "skip", "conflict", "invalid"];

/** What would happen, row by row and in all, before anything is written. */
export function CheckStep({ job }: { job: Import }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const countOf = (outcome: Outcome) => job.totals[outcome] ?? 0;
  const [shown, setShown] = useState<Outcome>(OUTCOMES.find((outcome) => countOf(outcome) > 0) ?? "create");
  const [busy, setBusy] = useState(false);
  const names: Record<Outcome, string> = {
    create: t`New`,
    update: t`Updated`,
    skip: t`Unchanged`,
    conflict: t`Unclear`,
    invalid: t`With errors`,
  };
  const willChange = countOf("create") + countOf("update");

  async function step(path: "check" | "run"): Promise<void> {
    setBusy(true);
    try {
      const params = { path: { import_id: job.id } };
      const { data } =
        path === "run"
          ? await api.POST("/api/v1/imports/{import_id}/run", { params })
          : await api.POST("/api/v1/imports/{import_id}/check", { params });
      queryClient.setQueryData(importQuery(job.id).queryKey, data);
    } catch (error) {
      toastFailed(error);
      setBusy(false);
    }
  }

  return (
    <>
      <Tabs
        label={t`Outcomes`}
        value={shown}
        onChange={setShown}
        tabs={OUTCOMES.map((outcome) => ({ value: outcome, label: names[outcome], count: countOf(outcome) }))}
      >
        {(outcome) => <Rows key={outcome} job={job} outcome={outcome} />}
      </Tabs>
      <div className="mt-6 flex flex-wrap items-center justify-end gap-3">
        <p className="me-auto text-ink-muted">
          {countOf("invalid") + countOf("conflict") > 0 &&
            t`Rows with errors and unclear ones are left out, and listed afterwards.`}
        </p>
        <Button loading={busy} onClick={() => void step("check")}>{t`Check again`}</Button>
        <Button
          variant="primary"
          loading={busy}
          disabledReason={willChange === 0 ? t`No row would change anything.` : undefined}
          onClick={() => void step("run")}
        >
          {plural(willChange, { one: "Import # person", other: "Import # people" })}
        </Button>
      </div>
    </>
  );
}

function Rows({ job, outcome }: { job: Import; outcome: Outcome }) {
  const { t } = useLingui();
  const { data, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    importRowsQuery(job.id, outcome),
  );
  const rows = data?.pages.flatMap((page) => page.items) ?? [];
  if (isPending) {
    return (
      <div className="py-4">
        <SkeletonLines lines={6} label={t`Loading`} />
      </div>
    );
  }
  if (rows.length === 0) return <EmptyState kind="filtered" title={t`No rows here`} />;
  return (
    <>
      <ul className="max-h-[50vh] overflow-y-auto">
        {rows.map((row) => (
          <li key={row.row} className="flex gap-3 border-b py-2 last:border-0">
            <span className="w-14 shrink-0 text-ink-faint tabular">{t`Row ${{ count: formatNumber(row.row) }}`}</span>
            {outcome === "invalid" ? <MendRow job={job} row={row} /> : <Diff row={row} />}
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <div className="flex justify-center pt-3">
          <Button
            variant="ghost"
            size="sm"
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >{t`Show more`}</Button>
        </div>
      )}
    </>
  );
}

function Diff({ row }: { row: ImportRow }) {
  const shown = useShownValue();
  return (
    <div className="min-w-0 flex-1">
      <p className="flex flex-wrap gap-x-3 gap-y-0.5">
        {row.changes.map(({ field, from, to }) => {
          const old = shown(field, from);
          return (
            <span key={field} className="inline-flex max-w-full min-w-0 items-baseline gap-1">
              <span className="text-sm text-ink-faint">{targetLabel(field)}</span>
              {old && (
                <del className="truncate text-ink-faint">
                  <bdi>{old}</bdi>
                </del>
              )}
              <bdi className="truncate">{shown(field, to)}</bdi>
            </span>
          );
        })}
      </p>
      {row.errors.map((fault) => (
        <p key={fault.column + fault.code} className="text-sm text-warn-text">
          {fault.reason}
        </p>
      ))}
    </div>
  );
}
