import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { explain } from "@/api/errors";
import { isProblem, type Problem } from "@/api/problem";
import type { CrmEvent } from "@/api/types";
import { useRefusal } from "@/app/may";
import { createAndTell, patchEvent, trashEvent } from "@/features/timeline/event-changes";
import { useDraft } from "@/lib/draft";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { DateField, DateTimeField } from "@/ui/date-field";
import { Dialog } from "@/ui/dialog";
import { Field, Input, Textarea } from "@/ui/field";
import { Segmented } from "@/ui/segmented";
import { Select } from "@/ui/select";
import {
  blankForm,
  changesOf,
  type EventForm,
  fieldsOf,
  FORM_KINDS,
  type FormKind,
  formOf,
  withFirstDay,
  withStart,
} from "./event-form";
import { PeopleField } from "./people-field";

/** What the dialog is about: an event that is there, or a new one. */
export type Subject = { event: CrmEvent } | { kind: FormKind; start: Date };

interface EventDialogProps {
  subject: Subject;
  onClose: () => void;
}

/** Makes or changes a meeting, a call or a task. A new one's words survive closing. */
export default function EventDialog({ subject, onClose }: EventDialogProps) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const refusal = useRefusal({ part: "events" });
  const event = "event" in subject ? subject.event : null;
  const title = useDraft("event.title");
  const body = useDraft("event.body");
  const [form, setForm] = useState<EventForm>(() =>
    "event" in subject
      ? formOf(subject.event)
      : { ...blankForm(subject.kind, subject.start), title: title.text, body: body.text },
  );
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const titleRef = useRef<HTMLInputElement>(null);

  function change(next: EventForm): void {
    setForm(next);
    if (event) return;
    title.setText(next.title);
    body.setText(next.body);
  }

  async function save(submit: FormEvent): Promise<void> {
    submit.preventDefault();
    if (!form.title.trim() || busy || refusal) return;
    setBusy(true);
    setProblem(null);
    try {
      if (event) await patchEvent(queryClient, event, changesOf(event, form));
      else await createAndTell(queryClient, fieldsOf(form));
      title.clear();
      body.clear();
      onClose();
    } catch (error) {
      if (!isProblem(error)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }

  async function remove(): Promise<void> {
    onClose();
    if (event) await trashEvent(queryClient, event);
  }

  const newTitles = { meeting: t`New meeting`, call: t`New call`, task: t`New task` };
  const titles = { meeting: t`Meeting`, call: t`Call`, task: t`Task` };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={event ? titles[form.kind] : newTitles[form.kind]}
      description={event?.recurrence ? t`It repeats: a change is one of all its times.` : undefined}
      initialFocus={titleRef}
      footer={
        <>
          {event && (
            <Button
              variant="ghost"
              icon={Trash2}
              disabledReason={refusal}
              className="me-auto"
              onClick={() => void remove()}
            >
              {t`Remove`}
            </Button>
          )}
          <Button onClick={onClose}>{t`Close`}</Button>
          <Button
            type="submit"
            form="event-form"
            variant="primary"
            loading={busy}
            disabled={!form.title.trim()}
            disabledReason={refusal}
          >
            {event ? t`Save` : t`Create`}
          </Button>
        </>
      }
    >
      <form id="event-form" onSubmit={(submit) => void save(submit)} className="flex flex-col gap-4">
        {!event && (
          <Segmented
            label={t`Kind of entry`}
            options={FORM_KINDS.map((kind) => ({ value: kind, label: titles[kind] }))}
            value={form.kind}
            onChange={(kind) => change({ ...form, kind })}
          />
        )}
        <Field label={t`Title`} error={problem?.at("/title")}>
          <Input
            ref={titleRef}
            value={form.title}
            maxLength={200}
            autoComplete="off"
            onChange={({ currentTarget }) => change({ ...form, title: currentTarget.value })}
          />
        </Field>
        {form.kind === "task" ? (
          <Field label={t`Due`} error={problem?.at("/due_at")} className="max-w-48">
            <DateField value={form.firstDay} onChange={(firstDay) => change({ ...form, firstDay })} />
          </Field>
        ) : (
          <Times form={form} problem={problem} onChange={change} />
        )}
        <PeopleField ids={form.contactIds} onChange={(contactIds) => change({ ...form, contactIds })} />
        {form.kind !== "task" && (
          <div className="grid gap-4 wide:grid-cols-2">
            <Field label={t`Place`} error={problem?.at("/location")}>
              <Input
                value={form.location}
                maxLength={200}
                onChange={({ currentTarget }) => change({ ...form, location: currentTarget.value })}
              />
            </Field>
            <Repeats value={form.recurrence} onChange={(recurrence) => change({ ...form, recurrence })} />
          </div>
        )}
        <Field label={t`Notes`} error={problem?.at("/body")}>
          <Textarea
            value={form.body}
            dir="auto"
            onChange={({ currentTarget }) => change({ ...form, body: currentTarget.value })}
          />
        </Field>
        {problem && (
          <Banner tone="danger">
            {explain(problem).title}. {explain(problem).description}
          </Banner>
        )}
      </form>
    </Dialog>
  );
}

interface TimesProps {
  form: EventForm;
  problem: Problem | null;
  onChange: (form: EventForm) => void;
}

function Times({ form, problem, onChange }: TimesProps) {
  const { t } = useLingui();
  return (
    <div className="grid gap-x-4 gap-y-3 wide:grid-cols-2">
      <Field label={t`Begins`} error={problem?.at("/starts_at")}>
        {form.allDay ? (
          <DateField value={form.firstDay} required onChange={(day) => onChange(withFirstDay(form, day))} />
        ) : (
          <DateTimeField value={form.startsAt} required onChange={(at) => onChange(withStart(form, at))} />
        )}
      </Field>
      <Field label={form.allDay ? t`Last day` : t`Ends`} error={problem?.at("/ends_at")}>
        {form.allDay ? (
          <DateField value={form.lastDay} onChange={(lastDay) => onChange({ ...form, lastDay })} />
        ) : (
          <DateTimeField value={form.endsAt} onChange={(endsAt) => onChange({ ...form, endsAt })} />
        )}
      </Field>
      <label className="flex items-center gap-2 select-none">
        <Checkbox checked={form.allDay} onCheckedChange={(allDay) => onChange({ ...form, allDay })} />
        {t`All day`}
      </label>
    </div>
  );
}

function Repeats({ value, onChange }: { value: string; onChange: (rule: string) => void }) {
  const { t } = useLingui();
  const rules = [
    { value: "", label: t`Never` },
    { value: "FREQ=DAILY", label: t`Every day` },
    { value: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", label: t`Every working day` },
    { value: "FREQ=WEEKLY", label: t`Every week` },
    { value: "FREQ=WEEKLY;INTERVAL=2", label: t`Every two weeks` },
    { value: "FREQ=MONTHLY", label: t`Every month` },
    { value: "FREQ=YEARLY", label: t`Every year` },
  ];
  // A rule that came by the API stays choosable as it is.
  if (!rules.some((rule) => rule.value === value)) rules.push({ value, label: t`As it is set` });
  return (
    <Field label={t`Repeats`}>
      <Select value={value} options={rules} onChange={onChange} />
    </Field>
  );
}
