import { t as now } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { api, operationOf } from "@/api/client";
import { explain } from "@/api/errors";
import { isProblem, type Problem } from "@/api/problem";
import { toastDone } from "@/app/feedback";
import { paths } from "@/app/paths";
import { recordKeys, writeRecord } from "@/features/records/queries";
import { useDraft } from "@/lib/draft";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { COMPANIES } from "./source";

/** A name is enough; the rest is filled in on the record. What was typed survives closing. */
export default function CreateCompanyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const name = useDraft("company.name");
  const domain = useDraft("company.domain");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const firstRef = useRef<HTMLInputElement>(null);

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!name.text.trim() || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const body = { name: name.text.trim(), domain: domain.text.trim() || null };
      const { data, response } = await api.POST("/api/v1/companies", { body });
      const company = data!;
      writeRecord(queryClient, COMPANIES, company);
      toastDone(queryClient, now`${{ name: company.name }} created`, operationOf(response));
      void queryClient.invalidateQueries({ queryKey: recordKeys.lists(COMPANIES) });
      name.clear();
      domain.clear();
      onClose();
      await navigate({ to: paths.company, params: { id: company.id } });
    } catch (error) {
      if (!isProblem(error)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  const isNamed = problem?.fields.some(({ pointer }) => pointer === "/name" || pointer === "/domain");
  return (
    <Dialog
      open
      size="sm"
      onOpenChange={(open) => !open && onClose()}
      title={t`New company`}
      initialFocus={firstRef}
      footer={
        <>
          <Button onClick={onClose}>{t`Close`}</Button>
          <Button type="submit" form="new-company" variant="primary" loading={busy} disabled={!name.text.trim()}>
            {t`Create`}
          </Button>
        </>
      }
    >
      <form id="new-company" onSubmit={(event) => void create(event)} className="flex flex-col gap-4">
        <Field label={t`Name`} error={problem?.at("/name")}>
          <Input
            ref={firstRef}
            value={name.text}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => name.setText(event.currentTarget.value)}
          />
        </Field>
        <Field label={t`Domain`} error={problem?.at("/domain")}>
          <Input
            value={domain.text}
            maxLength={200}
            inputMode="url"
            autoComplete="off"
            onChange={(event) => domain.setText(event.currentTarget.value)}
          />
        </Field>
        {problem && !isNamed && (
          <Banner tone="danger">
            {explain(problem).title}. {explain(problem).description}
          </Banner>
        )}
      </form>
    </Dialog>
  );
}
