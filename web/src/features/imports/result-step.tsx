import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleX, Download, Undo2 } from "lucide-react";
import { useState } from "react";
import type { Import } from "@/api/types";
import { toastFailed, undo } from "@/app/feedback";
import { paths } from "@/app/paths";
import { formatNumber } from "@/lib/format";
import { Button, buttonClass } from "@/ui/button";
import { Tabs } from "@/ui/tabs";
import { DiffList } from "./diff-list";
import { downloadErrors, type Outcome } from "./queries";
import { RowGrid } from "./row-grid";

/** What came of it, the rows that failed as a file, and the way back. */
export function ResultStep({ job }: { job: Import }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const [undoing, setUndoing] = useState(false);
  const [undone, setUndone] = useState(false);
  const [shown, setShown] = useState<Outcome>((job.totals.created ?? 0) > 0 ? "create" : "update");
  const failed = job.status === "failed";
  const { created = 0, updated = 0, skipped = 0, failed: refused = 0 } = job.totals;
  const counts = [
    { label: t`created`, count: created },
    { label: t`updated`, count: updated },
    { label: t`left as they are`, count: skipped },
    { label: t`failed`, count: refused },
  ];

  async function takeBack(): Promise<void> {
    if (!job.operation_id) return;
    setUndoing(true);
    await undo(queryClient, job.operation_id);
    setUndoing(false);
    setUndone(true);
  }

  const tabs: { value: Outcome; label: string }[] = [
    { value: "create", label: t`Created` },
    { value: "update", label: t`Updated` },
    { value: "skip", label: t`Unchanged` },
    ...(refused
      ? ([
          { value: "invalid", label: t`With errors` },
          { value: "conflict", label: t`Unclear` },
        ] as const)
      : []),
  ];
  const Icon = failed ? CircleX : CircleCheck;
  return (
    <div className="flex flex-col items-start gap-5">
      <h2 className="flex items-center gap-2 text-lg font-semibold">
        <Icon aria-hidden className={failed ? "size-5 text-danger-text" : "size-5 text-ok-text"} />
        {failed ? t`The import stopped` : t`Your people are here`}
      </h2>
      {job.failure && <p>{job.failure}</p>}
      <dl className="grid w-full grid-cols-2 gap-3 wide:grid-cols-4">
        {counts.map(({ label, count }) => (
          <div key={label} className="rounded-lg border px-4 py-3">
            <dd className="text-xl font-semibold tabular">{formatNumber(count ?? 0)}</dd>
            <dt className="text-ink-muted">{label}</dt>
          </div>
        ))}
      </dl>
      <div className="order-last w-full min-w-0">
        <Tabs label={t`Outcomes`} tabs={tabs} value={shown} onChange={setShown}>
          {(outcome) => (
            <div className="pt-3">
              {outcome === "update" ? <DiffList job={job} /> : <RowGrid key={outcome} job={job} outcome={outcome} />}
            </div>
          )}
        </Tabs>
      </div>
      <div className="flex flex-wrap gap-2">
        <Link to={paths.people} className={buttonClass("primary")}>{t`Go to people`}</Link>
        {(refused ?? 0) > 0 && (
          <Button icon={Download} onClick={() => void downloadErrors(job).catch(toastFailed)}>
            {plural(refused ?? 0, { one: "Get the row that failed", other: "Get the # rows that failed" })}
          </Button>
        )}
        {job.operation_id && (
          <Button
            icon={Undo2}
            loading={undoing}
            disabledReason={undone ? t`It was undone already.` : undefined}
            onClick={() => void takeBack()}
          >
            {t`Undo the import`}
          </Button>
        )}
      </div>
    </div>
  );
}
