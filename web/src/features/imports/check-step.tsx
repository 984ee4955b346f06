import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { Import } from "@/api/types";
import { toastFailed } from "@/app/feedback";
import { Button } from "@/ui/button";
import { Tabs } from "@/ui/tabs";
import { DiffList } from "./diff-list";
import { importQuery, type Outcome } from "./queries";
import { RowGrid } from "./row-grid";

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
        {(outcome) => (
          <div className="pt-3">
            {outcome === "update" ? <DiffList job={job} /> : <RowGrid key={outcome} job={job} outcome={outcome} />}
          </div>
        )}
      </Tabs>
      <div className="mt-4 flex flex-wrap items-center justify-end gap-3">
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
