import { useLingui } from "@lingui/react/macro";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowRight, House } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useSignedIn } from "@/api/session";
import type { Contact } from "@/api/types";
import { Page } from "@/app/layout/page";
import { paths } from "@/app/paths";
import { comingQuery, tasksQuery } from "@/features/tasks/queries";
import { useBucketNames } from "@/features/tasks/bucket-names";
import { PersonLink, TaskRow } from "@/features/tasks/task-row";
import { formatAgo, formatDateTime } from "@/lib/format";
import { Avatar } from "@/ui/avatar";
import { SkeletonLines } from "@/ui/skeleton";
import { activityQuery, quietQuery, recentQuery } from "./queries";
import { DemoNotice, WhatNext } from "./what-next";

const SHOWN_BUCKETS = ["overdue", "today", "this_week"] as const;

export function HomePage() {
  const { t } = useLingui();
  const user = useSignedIn();
  const recent = useQuery(recentQuery);
  const isNew = recent.data?.length === 0;
  const firstName = user?.name.split(/[\s@]/)[0] ?? "";
  return (
    <Page title={t`Home`} icon={House}>
      <div className="mx-auto max-w-5xl px-4 py-6">
        <h2 className="mb-5 text-xl font-semibold">{t`Hello, ${firstName}`}</h2>
        <WhatNext />
        <DemoNotice />
        <div className="grid gap-x-8 gap-y-7 xl:grid-cols-[3fr_2fr]">
          <div className="flex min-w-0 flex-col gap-7">
            <Tasks />
            <Coming />
          </div>
          <div className="flex min-w-0 flex-col gap-7">
            {!isNew && <Quiet />}
            <Activity />
          </div>
        </div>
      </div>
    </Page>
  );
}

interface SectionProps {
  title: string;
  more?: ReactNode;
  isPending: boolean;
  /** Said instead of an empty list. */
  empty?: ReactNode;
  children: ReactNode;
}

function Section({ title, more, isPending, empty, children }: SectionProps) {
  const { t } = useLingui();
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <div className="mb-2 flex items-baseline justify-between">
        <h3 id={id} className="font-semibold">
          {title}
        </h3>
        {more}
      </div>
      {isPending ? (
        <SkeletonLines lines={3} label={t`Loading`} />
      ) : empty ? (
        <p className="text-ink-muted">{empty}</p>
      ) : (
        children
      )}
    </section>
  );
}

function Tasks() {
  const { t } = useLingui();
  const names = useBucketNames();
  const buckets = useQueries({ queries: SHOWN_BUCKETS.map((bucket) => tasksQuery(bucket, 5)) });
  const failed = buckets.some(({ isError, data }) => isError && !data);
  const isEmpty = buckets.every(({ data }) => !data || data.items.length === 0);
  return (
    <Section
      title={t`Tasks`}
      isPending={buckets.some(({ isPending }) => isPending)}
      empty={failed ? t`Tasks can't be read at the moment.` : isEmpty && t`Nothing is due this week.`}
      more={<More to={paths.tasks}>{t`All tasks`}</More>}
    >
      <div className="rounded-lg border">
        {SHOWN_BUCKETS.map((bucket, index) => {
          const tasks = buckets[index]?.data?.items ?? [];
          if (tasks.length === 0) return null;
          return (
            <div key={bucket} className="border-b last:border-0">
              <h4 className="px-3 pt-2 text-sm text-ink-faint">{names[bucket]}</h4>
              <ul>
                {tasks.map((task) => (
                  <TaskRow key={task.id} task={task} />
                ))}
              </ul>
            </div>
          );
        })}
      </div>
    </Section>
  );
}

function More({ to, children }: { to: typeof paths.tasks | typeof paths.calendar; children: ReactNode }) {
  return (
    <Link to={to} className="flex items-center gap-1 text-accent-text underline-offset-2 hover:underline">
      {children} <ArrowRight aria-hidden className="size-3.5 rtl:-scale-x-100" />
    </Link>
  );
}

function Coming() {
  const { t } = useLingui();
  const { data = [], isPending, isError } = useQuery(comingQuery(14));
  const meetings = data.filter(({ event }) => event.kind === "meeting" || event.kind === "call").slice(0, 5);
  return (
    <Section
      title={t`Next meetings`}
      more={<More to={paths.calendar}>{t`Calendar`}</More>}
      isPending={isPending}
      empty={
        isError
          ? t`The calendar can't be read at the moment.`
          : meetings.length === 0 && t`No meetings in the next two weeks.`
      }
    >
      <ul className="rounded-lg border">
        {meetings.map(({ event, starts_at }) => (
          <li
            key={`${event.id}-${starts_at}`}
            className="flex min-h-9 items-center gap-3 border-b px-3 py-1 last:border-0"
          >
            <span className="w-32 shrink-0 text-sm text-ink-muted tabular">{formatDateTime(starts_at)}</span>
            <span className="min-w-0 flex-1 truncate">
              <bdi>{event.title}</bdi>
            </span>
            {event.contact_ids[0] && <PersonLink id={event.contact_ids[0]} />}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** People with whom nothing happened for the longest. */
function Quiet() {
  const { t } = useLingui();
  const { data = [], isPending } = useQuery(quietQuery);
  return (
    <Section
      title={t`Gone quiet`}
      isPending={isPending}
      empty={data.length === 0 && t`You have been in touch with everybody of late.`}
    >
      <ul className="flex flex-col">
        {data.map((contact) => (
          <Person key={contact.id} contact={contact} />
        ))}
      </ul>
    </Section>
  );
}

function Person({ contact }: { contact: Contact }) {
  const { t } = useLingui();
  return (
    <li>
      <Link
        to={paths.person}
        params={{ id: contact.id }}
        className="-mx-2 flex min-h-9 items-center gap-2.5 rounded-md px-2 hover:bg-hover"
      >
        <Avatar name={contact.name} src={contact.avatar_url} />
        <span className="min-w-0 flex-1 truncate">
          <bdi>{contact.name || t`No name`}</bdi>
        </span>
        {contact.last_activity_at && (
          <span className="text-sm text-ink-faint">{formatAgo(contact.last_activity_at)}</span>
        )}
      </Link>
    </li>
  );
}

function Activity() {
  const { t } = useLingui();
  const { data = [], isPending, isError } = useQuery(activityQuery);
  return (
    <Section
      title={t`Newest activity`}
      isPending={isPending}
      empty={
        isError
          ? t`The history can't be read at the moment.`
          : data.length === 0 && t`What you and your colleagues do shows here.`
      }
    >
      <ul className="flex flex-col gap-3">
        {data.map((operation) => (
          <li key={operation.id} className="flex flex-col">
            <span className="break-words">{operation.summary}</span>
            <span className="text-sm text-ink-faint">
              <bdi>{operation.actor.name}</bdi> · <time dateTime={operation.at}>{formatAgo(operation.at)}</time>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
