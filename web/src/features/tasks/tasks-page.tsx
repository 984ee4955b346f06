import { useLingui } from "@lingui/react/macro";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { CheckSquare } from "lucide-react";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { explain } from "@/api/errors";
import { useActions } from "@/app/actions";
import { toastFailed } from "@/app/feedback";
import { Page } from "@/app/layout/page";
import { useRefusal } from "@/app/may";
import { dayOf } from "@/features/calendar/days";
import { createAndTell } from "@/features/timeline/event-changes";
import { useDraft } from "@/lib/draft";
import { formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { EmptyState } from "@/ui/empty-state";
import { Field, Input } from "@/ui/field";
import { SkeletonLines } from "@/ui/skeleton";
import { BUCKETS, tasksQuery } from "./queries";
import { useBucketNames } from "./bucket-names";
import { endOfDay } from "./due";
import { TaskRow } from "./task-row";

export function TasksPage() {
  const { t } = useLingui();
  const names = useBucketNames();
  const buckets = useQueries({ queries: BUCKETS.map((bucket) => tasksQuery(bucket)) });
  const error = buckets.find((bucket) => bucket.error && !bucket.data)?.error;
  const isPending = buckets.some((bucket) => bucket.isPending);
  const isEmpty = buckets.every((bucket) => bucket.data?.items.length === 0);
  return (
    <Page title={t`Tasks`} icon={CheckSquare} narrow>
      <AddTask />
      {error ? (
        <EmptyState
          kind="nothing"
          title={explain(error).title}
          action={<Button onClick={() => buckets.forEach((bucket) => void bucket.refetch())}>{t`Try again`}</Button>}
        >
          {explain(error).description}
        </EmptyState>
      ) : isPending ? (
        <SkeletonLines lines={8} label={t`Loading`} />
      ) : isEmpty ? (
        <EmptyState kind="nothing" icon={CheckSquare} title={t`Nothing to do`}>
          {t`Add a task here, or on a person's page with the key T.`}
        </EmptyState>
      ) : (
        buckets.map(({ data }, index) => {
          const bucket = BUCKETS[index]!;
          if (!data || data.items.length === 0) return null;
          return (
            <section key={bucket} aria-label={names[bucket]} className="mb-6">
              <h2 className="mb-1.5 flex gap-2 font-semibold">
                {names[bucket]}
                <span className="font-normal text-ink-faint tabular">
                  {formatNumber(data.total ?? data.items.length)}
                </span>
              </h2>
              <ul className="rounded-lg border">
                {data.items.map((task) => (
                  <TaskRow key={task.id} task={task} />
                ))}
              </ul>
            </section>
          );
        })
      )}
    </Page>
  );
}

function AddTask() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const refusal = useRefusal({ part: "events" });
  const { text, setText, clear } = useDraft("task");
  const { add: asked } = useSearch({ from: "/inside/tasks" });
  const inputRef = useRef<HTMLInputElement>(null);
  const [due, setDue] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (asked) inputRef.current?.focus();
  }, [asked]);
  useActions(
    useMemo(
      () => [
        {
          id: "task-new",
          label: t`Add task`,
          section: t`Tasks`,
          keys: "N",
          disabledReason: refusal,
          run: () => inputRef.current?.focus(),
        },
      ],
      [t, refusal],
    ),
  );

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!text.trim() || busy) return;
    setBusy(true);
    try {
      const day = dayOf(due ?? undefined);
      await createAndTell(queryClient, {
        kind: "task",
        title: text.trim(),
        ...(day && { due_at: endOfDay(day).toISOString() }),
      });
      clear();
      inputRef.current?.focus();
    } catch (error) {
      toastFailed(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={(event) => void add(event)} className="mb-6 flex flex-wrap gap-2">
      <Field label={t`New task`} hideLabel className="min-w-48 flex-1">
        <Input
          ref={inputRef}
          maxLength={200}
          placeholder={t`What is to be done?`}
          value={text}
          disabled={Boolean(refusal)}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Field>
      <Field label={t`Due`} hideLabel className="w-36">
        <DateField value={due} onChange={setDue} />
      </Field>
      <Button type="submit" variant="primary" loading={busy} disabled={!text.trim()} disabledReason={refusal}>
        {t`Add task`}
      </Button>
    </form>
  );
}
