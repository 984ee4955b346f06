import { plural, select } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import {
  CalendarDays,
  CheckSquare,
  FileText,
  History,
  Mail,
  Pencil,
  Phone,
  Trash2,
  type LucideIcon,
} from "lucide-react";
import { useMemo, useState } from "react";
import { explain } from "@/api/errors";
import type { CrmEvent, TimelineItem } from "@/api/types";
import { undo } from "@/app/feedback";
import { COMPANIES } from "@/features/companies/noun";
import { PEOPLE } from "@/features/contacts/noun";
import { pathLabel, useFields } from "@/features/records/fields";
import { useNoun } from "@/features/records/noun-context";
import { PersonLink } from "@/features/tasks/task-row";
import { useShownValue } from "@/features/records/values";
import { cx } from "@/lib/cx";
import { daysFromToday, formatAgo, formatDateTime, formatDay, formatMonth } from "@/lib/format";
import { Banner } from "@/ui/banner";
import { Button, IconButton } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { setDone, trashEvent } from "./event-changes";
import { type Entry, fold, groupBy } from "./fold";
import { type Subject, timelineQuery } from "./queries";

export function Timeline({ subject }: { subject: Subject }) {
  const { t } = useLingui();
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    timelineQuery(subject),
  );
  const groups = useMemo(() => {
    const heading = (at: string) => {
      const days = -daysFromToday(at);
      if (days <= 0) return t`Today`;
      if (days === 1) return t`Yesterday`;
      return days < 7 ? t`This week` : formatMonth(at);
    };
    return groupBy(fold(data?.pages.flatMap((page) => page.items) ?? []), ({ head }) => heading(head.at));
  }, [data, t]);

  if (isPending) return <SkeletonLines lines={6} label={t`Loading`} />;
  if (error && groups.length === 0) {
    const { title, description } = explain(error);
    return (
      <Banner tone="warn" action={<Button size="sm" onClick={() => void refetch()}>{t`Try again`}</Button>}>
        {title}. {description}
      </Banner>
    );
  }
  if (groups.length === 0) {
    return (
      <EmptyState kind="nothing" icon={History} title={t`Nothing happened yet`}>
        {t`Notes, calls, meetings and every change stand here, newest first.`}
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      {groups.map(({ heading, items }) => (
        <section key={`${heading}-${items[0]?.head.id}`} aria-label={heading}>
          <h3 className="mb-2 text-sm text-ink-faint">{heading}</h3>
          <ol className="flex flex-col">
            {items.map((entry) => (
              <Line key={entry.head.id} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
      {hasNextPage && (
        <Button
          variant="ghost"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
          className="self-center"
        >
          {t`Show older`}
        </Button>
      )}
    </div>
  );
}

const ICONS: Record<TimelineItem["kind"], LucideIcon> = {
  change: Pencil,
  note: FileText,
  meeting: CalendarDays,
  call: Phone,
  task: CheckSquare,
  email: Mail,
};

function Line({ entry }: { entry: Entry }) {
  const { head } = entry;
  const Icon = ICONS[head.kind] ?? Pencil;
  const isChange = head.event === null;
  return (
    <li className="group/entry relative flex gap-3 pb-4 last:pb-1">
      {/* The thread from one entry to the next. */}
      <span aria-hidden className="absolute start-3 top-6 bottom-0 w-px bg-line group-last/entry:hidden" />
      <span
        aria-hidden
        className={cx(
          "z-1 flex size-6 shrink-0 items-center justify-center rounded-full border bg-surface text-ink-faint",
          !isChange && "text-accent-text",
        )}
      >
        <Icon className="size-3.5" strokeWidth={1.75} />
      </span>
      <div className="min-w-0 flex-1 pt-0.5">
        {isChange ? <ChangeEntry entry={entry} /> : <EventEntry item={head} event={head.event!} />}
      </div>
    </li>
  );
}

function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatDateTime(at)} className="ms-auto shrink-0 text-sm text-ink-faint">
      {formatAgo(at)}
    </time>
  );
}

function ChangeEntry({ entry }: { entry: Entry }) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const { source } = useNoun();
  const { head, items } = entry;
  const changes = items.flatMap((item) => item.changes);
  const isEdit = head.verb.endsWith(".changed");
  const actor = head.actor.name;
  const folded = isEdit && changes.length > 2;
  return (
    <>
      <p className="flex items-baseline gap-2">
        <span className="min-w-0">
          <bdi className="font-medium">{actor}</bdi> <VerbText verb={head.verb} count={changes.length} />
          {head.noun !== source.noun && head.contact_id && (
            <>
              : <PersonLink id={head.contact_id} />
            </>
          )}
        </span>
        {(folded || !isEdit) && changes.length > 0 && (
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="shrink-0 text-sm text-accent-text underline-offset-2 hover:underline"
          >
            {open ? t`Less` : t`Show`}
          </button>
        )}
        <When at={head.at} />
      </p>
      {(open || (isEdit && !folded)) && <Changes items={items} />}
    </>
  );
}

function VerbText({ verb, count }: { verb: string; count: number }) {
  const { t } = useLingui();
  const [noun = "", deed] = verb.split(".");
  switch (deed) {
    case "created":
      return select(noun, { company: "created this company", other: "created this person" });
    case "trashed":
      return select(noun, { company: "moved this company to the trash", other: "moved this person to the trash" });
    case "restored":
      return select(noun, { company: "brought this company back", other: "brought this person back" });
    case "merged":
      return t`merged another record into this one`;
    case "unmerged":
      return t`took a merge back`;
    default:
      return plural(count, { one: "changed a value", other: "changed # values" });
  }
}

function Changes({ items }: { items: TimelineItem[] }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const shown = useShownValue();
  // A company's timeline tells of its people, too.
  const fields = useFields(items[0]?.noun === "company" ? COMPANIES : PEOPLE);
  return (
    <ul className="mt-1 flex flex-col gap-0.5">
      {items.flatMap((item) =>
        item.changes.map(({ field, from, to }) => {
          const [old, next] = [shown(field, from), shown(field, to)];
          return (
            <li key={`${item.id}-${field}`} className="group/change flex flex-wrap items-baseline gap-x-1.5">
              <span className="text-ink-muted">{pathLabel(fields, field)}</span>
              {old && (
                <del className="max-w-full truncate text-ink-faint decoration-1">
                  <bdi>{old}</bdi>
                </del>
              )}
              {old && (
                <span aria-hidden className="text-ink-faint rtl:-scale-x-100">
                  →
                </span>
              )}
              <bdi className="min-w-0 break-words">{next || t`empty`}</bdi>
              {item.operation_id && item.verb.endsWith(".changed") && (
                <button
                  type="button"
                  onClick={() => void undo(queryClient, item.operation_id!)}
                  className="text-sm text-accent-text underline-offset-2 opacity-0 group-hover/change:opacity-100 hover:underline focus-visible:opacity-100 pointer-coarse:opacity-100"
                >
                  {t`Undo`}
                </button>
              )}
            </li>
          );
        }),
      )}
    </ul>
  );
}

function EventEntry({ item, event }: { item: TimelineItem; event: CrmEvent }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const isTask = event.kind === "task";
  const isDone = event.done_at !== null;
  const deeds = {
    note: t`wrote a note`,
    call: t`noted a call`,
    meeting: t`planned a meeting`,
    task: t`added a task`,
    email: t`noted an e-mail`,
  };
  return (
    <>
      <p className="flex items-baseline gap-2">
        <span className="min-w-0">
          <bdi className="font-medium">{item.actor.name}</bdi>{" "}
          <span className="text-ink-muted">{deeds[event.kind]}</span>
        </span>
        <IconButton
          size="sm"
          icon={Trash2}
          label={t`Remove`}
          className="-my-1 ms-auto opacity-0 group-hover/entry:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
          onClick={() => void trashEvent(queryClient, event)}
        />
        <time dateTime={item.at} title={formatDateTime(item.at)} className="shrink-0 text-sm text-ink-faint">
          {formatAgo(item.at)}
        </time>
      </p>
      <div className="mt-1 flex gap-2 rounded-md bg-sunken px-3 py-2">
        {isTask && (
          <span className="pt-0.5">
            <Checkbox
              aria-label={t`Done: ${{ title: event.title ?? "" }}`}
              checked={isDone}
              onCheckedChange={(done) => void setDone(queryClient, event, done)}
            />
          </span>
        )}
        <div className="min-w-0 flex-1">
          {event.title && (
            <p className={cx("font-medium break-words", isTask && isDone && "text-ink-faint line-through")}>
              <bdi>{event.title}</bdi>
            </p>
          )}
          <EventTimes event={event} />
          {event.body && <LongText text={event.body} />}
        </div>
      </div>
    </>
  );
}

function EventTimes({ event }: { event: CrmEvent }) {
  const { t } = useLingui();
  const parts = [
    event.starts_at && formatDateTime(event.starts_at),
    event.due_at && (event.done_at ? t`done` : t`due ${{ due_at: formatDay(event.due_at) }}`),
    event.location,
  ].filter(Boolean);
  return parts.length > 0 && <p className="text-sm text-ink-muted">{parts.join(" · ")}</p>;
}

const LONG_TEXT = 600;

function LongText({ text }: { text: string }) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const isLong = text.length > LONG_TEXT || text.split("\n").length > 12;
  return (
    <>
      <p dir="auto" className={cx("break-words whitespace-pre-wrap", isLong && !open && "line-clamp-8")}>
        {isLong && !open ? text.slice(0, 2 * LONG_TEXT) : text}
      </p>
      {isLong && (
        <button
          type="button"
          onClick={() => setOpen(!open)}
          className="text-sm text-accent-text underline-offset-2 hover:underline"
        >
          {open ? t`Less` : t`Show all`}
        </button>
      )}
    </>
  );
}
