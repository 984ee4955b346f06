import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { explain } from "@/api/errors";
import { isProblem, type Problem } from "@/api/problem";
import { paths } from "@/app/paths";
import { useDraft } from "@/lib/draft";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { createCompany } from "@/features/records/lookups";
import { createContact } from "./create";

/** A name or an address is enough; the rest is filled in on the record. What was typed survives closing. */
export default function CreateContactDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const first = useDraft("person.first");
  const last = useDraft("person.last");
  const email = useDraft("person.email");
  const phone = useDraft("person.phone");
  const company = useDraft("person.company");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const firstRef = useRef<HTMLInputElement>(null);
  const drafts = [first, last, email, phone, company];
  const isEmpty = drafts.every(({ text }) => !text.trim());

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isEmpty || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const companyName = company.text.trim();
      const contact = await createContact(queryClient, {
        first_name: first.text.trim() || null,
        last_name: last.text.trim() || null,
        ...(email.text.trim() && { emails: [{ value: email.text.trim(), label: null, primary: true }] }),
        ...(phone.text.trim() && { phones: [{ value: phone.text.trim(), label: null, primary: true, e164: null }] }),
        ...(companyName && { company_id: (await createCompany(companyName)).id }),
      });
      for (const draft of drafts) draft.clear();
      onClose();
      await navigate({ to: paths.person, params: { id: contact.id } });
    } catch (error) {
      if (!isProblem(error)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  const fieldsAreNamed = problem?.fields.some(({ pointer }) => /^\/(first_name|last_name|emails|phones)/.test(pointer));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t`New person`}
      description={t`A name, an e-mail or a phone is enough.`}
      initialFocus={firstRef}
      footer={
        <>
          <Button onClick={onClose}>{t`Close`}</Button>
          <Button type="submit" form="new-person" variant="primary" loading={busy} disabled={isEmpty}>
            {t`Create`}
          </Button>
        </>
      }
    >
      <form id="new-person" onSubmit={(event) => void create(event)} className="grid gap-4 wide:grid-cols-2">
        <Field label={t`First name`} error={problem?.at("/first_name")}>
          <Input
            ref={firstRef}
            value={first.text}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => first.setText(event.currentTarget.value)}
          />
        </Field>
        <Field label={t`Last name`} error={problem?.at("/last_name")}>
          <Input
            value={last.text}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => last.setText(event.currentTarget.value)}
          />
        </Field>
        <Field label={t`E-mail`} error={problem?.at("/emails/0/value")}>
          <Input
            type="text"
            inputMode="email"
            value={email.text}
            autoComplete="off"
            onChange={(event) => email.setText(event.currentTarget.value)}
          />
        </Field>
        <Field label={t`Phone`} error={problem?.at("/phones/0/value")}>
          <Input
            type="tel"
            value={phone.text}
            autoComplete="off"
            onChange={(event) => phone.setText(event.currentTarget.value)}
          />
        </Field>
        <Field label={t`Company`} className="wide:col-span-2">
          <Input
            value={company.text}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => company.setText(event.currentTarget.value)}
          />
        </Field>
        {problem && !fieldsAreNamed && (
          <div className="wide:col-span-2">
            <Banner tone="danger">
              {explain(problem).title}. {explain(problem).description}
            </Banner>
          </div>
        )}
      </form>
    </Dialog>
  );
}
