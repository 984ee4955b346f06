import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { ArrowRight, Check } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { Import } from "@/api/types";
import { toastFailed } from "@/app/feedback";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { Select } from "@/ui/select";
import { LEFT_OUT, targetLabel, targetOptions } from "./mapping";
import { importQuery } from "./queries";

type MatchBy = Import["match_by"];
type OnMatch = Import["on_match"];

/** Which column is what. Guessed; three values of each show whether the guess is right. */
export function MatchStep({ job }: { job: Import }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const [mapping, setMapping] = useState(job.mapping);
  const [matchBy, setMatchBy] = useState<MatchBy>(job.match_by);
  const [onMatch, setOnMatch] = useState<OnMatch>(job.on_match);
  const [tags, setTags] = useState(job.tags.join(", "));
  const [busy, setBusy] = useState(false);
  const leftOut = job.columns.filter((column) => !mapping[column.name]).length;

  async function check(): Promise<void> {
    setBusy(true);
    const params = { path: { import_id: job.id } };
    const names = tags.split(",").map((name) => name.trim());
    try {
      await api.PATCH("/api/v1/imports/{import_id}", {
        params,
        body: { mapping, match_by: matchBy, on_match: onMatch, tags: names.filter(Boolean) },
      });
      const { data } = await api.POST("/api/v1/imports/{import_id}/check", { params });
      queryClient.setQueryData(importQuery(job.id).queryKey, data);
    } catch (error) {
      toastFailed(error);
      setBusy(false);
    }
  }

  return (
    <>
      {leftOut > 0 && (
        <div className="mb-4">
          <Banner tone="info">
            {plural(leftOut, { one: "# column is not imported.", other: "# columns are not imported." })}{" "}
            {t`Choose a field where one is missing.`}
          </Banner>
        </div>
      )}
      <div className="overflow-x-auto rounded-lg border">
        <table className="w-full min-w-160 border-collapse text-start">
          <thead>
            <tr className="border-b text-sm text-ink-faint [&>th]:px-3 [&>th]:py-2 [&>th]:text-start [&>th]:font-normal">
              <th>{t`Your column`}</th>
              <th>{t`Its first values`}</th>
              <th className="w-72">{t`Becomes`}</th>
            </tr>
          </thead>
          <tbody>
            {job.columns.map((column) => (
              <tr key={column.name} className="border-b last:border-0 [&>td]:px-3 [&>td]:py-1.5">
                <td className="max-w-48 truncate font-medium" title={column.name}>
                  {column.name}
                </td>
                <td className="max-w-64 truncate text-ink-muted" title={column.samples.join("\n")}>
                  {column.samples.filter(Boolean).join(" · ")}
                </td>
                <td className="flex items-center gap-2">
                  <Select
                    className="flex-1"
                    label={t`${{ name: column.name }} becomes`}
                    options={targetOptions(column.guess)}
                    value={mapping[column.name] ?? LEFT_OUT}
                    onChange={(target) =>
                      setMapping({ ...mapping, [column.name]: target === LEFT_OUT ? null : target })
                    }
                  />
                  <span className="w-16 shrink-0 text-sm text-ink-faint">
                    {mapping[column.name] && mapping[column.name] === column.guess && (
                      <Confidence value={column.confidence} />
                    )}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="mt-6 grid gap-4 wide:grid-cols-3">
        <Field label={t`Somebody is known when they have the same`}>
          <Select<MatchBy>
            value={matchBy}
            onChange={setMatchBy}
            options={[
              { value: "email", label: targetLabel("emails") },
              { value: "phone", label: targetLabel("phones") },
              { value: "name_company", label: t`Name and company` },
              { value: "none", label: t`Nothing: all rows are new` },
            ]}
          />
        </Field>
        <Field label={t`Then`}>
          <Select<OnMatch>
            value={onMatch}
            onChange={setOnMatch}
            options={[
              { value: "update", label: t`Update the person` },
              { value: "skip", label: t`Leave the person as is` },
              { value: "create", label: t`Make another person` },
            ]}
          />
        </Field>
        <Field label={t`Tag them all`} hint={t`Separate tags by commas.`}>
          <Input value={tags} placeholder={t`import 2026`} onChange={(event) => setTags(event.currentTarget.value)} />
        </Field>
      </div>
      <div className="mt-6 flex justify-end">
        <Button variant="primary" loading={busy} onClick={() => void check()}>
          {t`Check the rows`} <ArrowRight aria-hidden className="size-4 rtl:-scale-x-100" />
        </Button>
      </div>
    </>
  );
}

const SURE = 0.9;

/** How far a guess can be trusted; what one chose oneself needs no word. */
function Confidence({ value }: { value: number }) {
  const { t } = useLingui();
  return value >= SURE ? (
    <span className="flex items-center gap-1 text-ok-text">
      <Check aria-hidden className="size-3.5" /> {t`sure`}
    </span>
  ) : (
    <span className="text-warn-text">{t`a guess`}</span>
  );
}
