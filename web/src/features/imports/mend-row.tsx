import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import type { Import, ImportRow } from "@/api/types";
import { toastFailed } from "@/app/feedback";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { toast } from "@/ui/toast";

/** The cells that are wrong, with the reason, to be mended in place. */
export function MendRow({ job, row }: { job: Import; row: ImportRow }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const wrong = job.columns.flatMap((column, index) => {
    const fault = row.errors.find((each) => each.column === column.name);
    return fault ? [{ name: column.name, cell: row.cells[index] ?? "", reason: fault.reason }] : [];
  });
  const [cells, setCells] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);

  async function mend(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    try {
      await api.PATCH("/api/v1/imports/{import_id}/rows/{row}", {
        params: { path: { import_id: job.id, row: row.row } },
        body: { cells },
      });
      toast({ title: t`Row mended` });
      await queryClient.invalidateQueries({ queryKey: ["imports"] });
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="min-w-0 flex-1">
      <p className="mb-2 truncate text-ink-muted" title={row.cells.join(" · ")}>
        {row.cells.filter(Boolean).join(" · ")}
      </p>
      {wrong.length > 0 ? (
        <form onSubmit={(event) => void mend(event)} className="flex flex-wrap items-start gap-3">
          {wrong.map(({ name, cell, reason }) => (
            <Field key={name} label={name} error={reason} className="w-64">
              <Input
                value={cells[name] ?? cell}
                className="bg-danger-soft"
                onChange={(event) => setCells({ ...cells, [name]: event.currentTarget.value })}
              />
            </Field>
          ))}
          <Button type="submit" size="sm" loading={busy} disabled={Object.keys(cells).length === 0} className="mt-6">
            {t`Mend`}
          </Button>
        </form>
      ) : (
        row.errors.map((fault) => (
          <p key={fault.code} className="text-danger-text">
            {fault.reason}
          </p>
        ))
      )}
    </div>
  );
}
