import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { CalendarDays, CheckSquare, FileText, Phone } from "lucide-react";
import { type FormEvent, useCallback, useId, useMemo, useState } from "react";
import { useSignedIn } from "@/api/session";
import { type Action, useActions } from "@/app/actions";
import { toastFailed } from "@/app/feedback";
import { useRefusal } from "@/app/may";
import { cx } from "@/lib/cx";
import { useDraft } from "@/lib/draft";
import { Button } from "@/ui/button";
import { DateField, DateTimeField } from "@/ui/date-field";
import { Field } from "@/ui/field";
import { toast } from "@/ui/toast";
import { createEvent, type EventFields } from "./event-changes";
import { showEvent, type Subject } from "./queries";

type Kind = "note" | "call" | "meeting" | "task";

const HOUR_MS = 3_600_000;

/** The next full hour, in UTC. */
function nextHour(): string {
  return new Date(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS).toISOString();
}

function fieldsOf(kind: Kind, text: string, at: string | null): EventFields {
  const [title = "", ...rest] = text.trim().split("\n");
  const body = rest.join("\n").trim() || null;
  switch (kind) {
    case "note":
      return { kind, body: text.trim() };
    case "task":
      // The end of the day that was picked, where the user is.
      return { kind, title, body, ...(at && { due_at: new Date(`${at}T23:59:00`).toISOString() }) };
    default: {
      const starts = at ?? new Date().toISOString();
      return {
        kind,
        title,
        body,
        starts_at: starts,
        ends_at: new Date(Date.parse(starts) + HOUR_MS / 2).toISOString(),
      };
    }
  }
}

function linkTo({ noun, id }: Subject): Partial<EventFields> {
  return noun === "contact" ? { contact_ids: [id] } : { company_id: id };
}

/** Always on top of the timeline. N, L, M and T begin a note, call, meeting, task; Ctrl Enter saves. Drafts stay. */
export function Composer({ subject }: { subject: Subject }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const user = useSignedIn();
  const refusal = useRefusal({ part: "events" });
  const [kind, setKind] = useState<Kind>("note");
  const [at, setAt] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { text, setText, clear } = useDraft(`composer.${subject.id}`);
  const textId = useId();

  const kinds = useMemo(
    () => [
      { kind: "note" as const, label: t`Note`, icon: FileText, keys: "N", placeholder: t`What happened?` },
      { kind: "call" as const, label: t`Call`, icon: Phone, keys: "L", placeholder: t`What was the call about?` },
      {
        kind: "meeting" as const,
        label: t`Meeting`,
        icon: CalendarDays,
        keys: "M",
        placeholder: t`What is the meeting about?`,
      },
      { kind: "task" as const, label: t`Task`, icon: CheckSquare, keys: "T", placeholder: t`What is to be done?` },
    ],
    [t],
  );

  const begin = useCallback(
    (next: Kind) => {
      setKind(next);
      setAt(next === "meeting" ? nextHour() : null);
      document.getElementById(textId)?.focus();
    },
    [textId],
  );
  useActions(
    useMemo<Action[]>(
      () =>
        kinds.map(({ kind: next, label, icon, keys }) => ({
          id: `compose-${next}`,
          label: t`Add: ${label}`,
          section: t`Record`,
          icon,
          keys,
          disabledReason: refusal,
          run: () => begin(next),
        })),
      [kinds, refusal, begin, t],
    ),
  );

  async function save(event?: FormEvent): Promise<void> {
    event?.preventDefault();
    if (!text.trim() || busy || refusal) return;
    setBusy(true);
    try {
      const created = await createEvent({ ...fieldsOf(kind, text, at), ...linkTo(subject) });
      showEvent(queryClient, subject, created, { id: user?.id ?? null, name: user?.name ?? "" });
      void queryClient.invalidateQueries({ queryKey: ["events"] });
      clear();
      setAt(null);
      toast({ title: t`Saved` });
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  }

  const current = kinds.find((each) => each.kind === kind)!;
  return (
    <form
      onSubmit={(event) => void save(event)}
      className="rounded-lg border border-line-strong transition-colors focus-within:border-edge"
    >
      <div role="group" aria-label={t`Kind of entry`} className="flex gap-0.5 overflow-x-auto p-1">
        {kinds.map(({ kind: each, label, icon: Icon }) => (
          <button
            key={each}
            type="button"
            aria-pressed={kind === each}
            onClick={() => begin(each)}
            className={cx(
              "flex h-control-sm shrink-0 items-center gap-1.5 rounded-md px-2 font-medium transition-colors",
              kind === each ? "bg-press text-ink" : "text-ink-muted hover:bg-hover",
            )}
          >
            <Icon aria-hidden className="size-4" strokeWidth={1.75} />
            {label}
          </button>
        ))}
      </div>
      <textarea
        id={textId}
        aria-label={current.placeholder}
        placeholder={current.placeholder}
        value={text}
        rows={2}
        dir="auto"
        disabled={Boolean(refusal)}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void save();
          if (event.key === "Escape") {
            event.stopPropagation();
            event.currentTarget.blur();
          }
        }}
        className="block field-sizing-content max-h-80 min-h-14 w-full resize-none bg-transparent px-3 py-1 outline-none"
      />
      <div className="flex flex-wrap items-end gap-2 p-2">
        {kind === "task" && (
          <Field label={t`Due`} hideLabel className="w-40">
            <DateField value={at} onChange={setAt} />
          </Field>
        )}
        {(kind === "call" || kind === "meeting") && (
          <Field label={t`When`} hideLabel className="w-52">
            <DateTimeField value={at} onChange={setAt} />
          </Field>
        )}
        <Button
          type="submit"
          size="sm"
          variant="primary"
          loading={busy}
          disabled={!text.trim()}
          disabledReason={refusal}
          className="ms-auto"
        >
          {t`Save`}
        </Button>
      </div>
    </form>
  );
}
