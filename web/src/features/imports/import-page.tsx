import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { type DragEvent, lazy, Suspense, useRef, useState } from "react";
import { explain, type Explanation } from "@/api/errors";
import type { Import } from "@/api/types";
import { Page } from "@/app/layout/page";
import { useRefusal } from "@/app/may";
import { paths } from "@/app/paths";
import { cx } from "@/lib/cx";
import { formatAgo, formatNumber } from "@/lib/format";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { Progress } from "@/ui/progress";
import { SkeletonLines } from "@/ui/skeleton";
import { Stepper } from "@/ui/stepper";
import { importQuery, importsQuery, upload } from "./queries";

const MatchStep = lazy(() => import("./match-step").then((module) => ({ default: module.MatchStep })));
const CheckStep = lazy(() => import("./check-step").then((module) => ({ default: module.CheckStep })));

const ResultStep = lazy(() => import("./result-step").then((module) => ({ default: module.ResultStep })));

const STEP: Record<string, number> = { uploaded: 1, checking: 2, checked: 2, running: 3, done: 4, failed: 3 };

function Steps({ current }: { current: number }) {
  const { t } = useLingui();
  return (
    <div className="mb-6">
      <Stepper steps={[t`Upload`, t`Match columns`, t`Check`, t`Import`]} current={current} />
    </div>
  );
}

export function NewImportPage() {
  const { t } = useLingui();
  return (
    <Page title={t`Import people`} icon={FileUp}>
      <div className="mx-auto max-w-3xl px-4 py-6">
        <Steps current={0} />
        <DropZone />
        <Earlier />
      </div>
    </Page>
  );
}

function DropZone() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const refusal = useRefusal({ part: "contacts" });
  const inputRef = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState<{ name: string; share: number } | null>(null);
  const [failure, setFailure] = useState<Explanation | null>(null);

  async function take(file: File | undefined): Promise<void> {
    if (!file || refusal || sent) return;
    setFailure(null);
    setSent({ name: file.name, share: 0 });
    try {
      const job = await upload(file, (share) => setSent({ name: file.name, share }));
      await navigate({ to: paths.import, params: { id: job.id } });
    } catch (error) {
      setFailure(explain(error));
    } finally {
      setSent(null);
    }
  }

  const allow = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === "dragover");
  };

  return (
    <div className="flex flex-col gap-3">
      {/* Dropping is the pointer's short cut; the button inside does the same by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        onDragOver={allow}
        onDragLeave={allow}
        onDrop={(event) => {
          allow(event);
          void take(event.dataTransfer.files[0]);
        }}
        className={cx(
          "flex flex-col items-center gap-2 rounded-lg border border-dashed px-6 py-12 text-center transition-colors",
          over ? "border-accent bg-accent-soft" : "border-edge",
        )}
      >
        {sent ? (
          <div className="w-full max-w-sm">
            <Progress
              label={sent.share < 1 ? t`Sending ${{ name: sent.name }}` : t`Reading ${{ name: sent.name }}`}
              value={sent.share < 1 ? sent.share * 100 : null}
            />
          </div>
        ) : (
          <>
            <FileUp aria-hidden className="size-6 text-ink-faint" strokeWidth={1.5} />
            <p className="text-md font-medium">{t`Drop a CSV file here`}</p>
            <p className="text-ink-muted">{t`As Google Contacts, Outlook, HubSpot or a spreadsheet save it; up to 100,000 rows.`}</p>
            <input
              ref={inputRef}
              type="file"
              accept=".csv,.tsv,.txt,.vcf,text/csv,text/vcard"
              aria-label={t`File to import`}
              className="sr-only"
              tabIndex={-1}
              onChange={(event) => {
                void take(event.currentTarget.files?.[0]);
                event.currentTarget.value = "";
              }}
            />
            <Button
              variant="primary"
              disabledReason={refusal}
              className="mt-2"
              onClick={() => inputRef.current?.click()}
            >
              {t`Choose a file`}
            </Button>
          </>
        )}
      </div>
      {failure && (
        <Banner tone="danger">
          {failure.title}. {failure.description}
        </Banner>
      )}
      <p className="text-ink-faint">{t`Nothing is written before you have seen what will happen.`}</p>
    </div>
  );
}

/** Imports from before: one goes on where it was left. */
function Earlier() {
  const { t } = useLingui();
  const { data = [] } = useQuery(importsQuery);
  if (data.length === 0) return null;
  const states: Record<string, string> = {
    uploaded: t`columns to match`,
    checking: t`being checked`,
    checked: t`checked, not imported`,
    running: t`being imported`,
    done: t`imported`,
    failed: t`failed`,
  };
  return (
    <section aria-label={t`Earlier imports`} className="mt-8">
      <h2 className="mb-2 font-semibold">{t`Earlier imports`}</h2>
      <ul className="rounded-lg border">
        {data.map((job) => (
          <li key={job.id} className="border-b last:border-0">
            <Link
              to={paths.import}
              params={{ id: job.id }}
              className="flex min-h-10 items-center gap-3 px-3 hover:bg-hover"
            >
              <span className="min-w-0 flex-1 truncate">{job.filename}</span>
              <span className="text-ink-muted tabular">{t`${{ count: formatNumber(job.rows) }} rows`}</span>
              <span className="text-ink-muted">{states[job.status]}</span>
              <span className="w-24 text-end text-sm text-ink-faint">{formatAgo(job.created_at)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function ImportPage() {
  const { t } = useLingui();
  const { id } = useParams({ from: "/inside/imports/$id" });
  const { data, error, refetch } = useQuery(importQuery(id));
  return (
    <Page title={data?.filename ?? t`Import people`} icon={FileUp}>
      <div
        className={cx(
          "mx-auto px-4 py-6",
          ["checked", "done"].includes(data?.status ?? "") ? "max-w-6xl" : "max-w-4xl",
        )}
      >
        {data ? (
          <>
            <Steps current={STEP[data.status] ?? 1} />
            <Suspense>
              <Step key={data.status} job={data} />
            </Suspense>
          </>
        ) : error ? (
          <EmptyState
            kind="nothing"
            title={explain(error).title}
            action={<Button onClick={() => void refetch()}>{t`Try again`}</Button>}
          >
            {explain(error).description}
          </EmptyState>
        ) : (
          <SkeletonLines lines={8} label={t`Loading`} />
        )}
      </div>
    </Page>
  );
}

function Step({ job }: { job: Import }) {
  const { t } = useLingui();
  const { done, total } = job.progress;
  switch (job.status) {
    case "uploaded":
      return <MatchStep job={job} />;
    case "checking":
      return <Working label={t`Comparing every row with your people`} done={done} total={total} />;
    case "checked":
      return <CheckStep job={job} />;
    case "running":
      return <Working label={t`Importing`} done={done} total={total} />;
    default:
      return <ResultStep job={job} />;
  }
}

function Working({ label, done, total }: { label: string; done: number; total: number }) {
  const { t } = useLingui();
  return (
    <div className="flex flex-col gap-3">
      <Progress label={label} value={total > 0 ? done : null} max={Math.max(total, 1)}>
        {total > 0 && t`${{ count: formatNumber(done) }} of ${{ total: formatNumber(total) }}`}
      </Progress>
      <p className="text-ink-muted">{t`You can close this page; it goes on without you.`}</p>
    </div>
  );
}
