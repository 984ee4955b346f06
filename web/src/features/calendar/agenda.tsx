import { useLingui } from "@lingui/react/macro";
import { CalendarDays, CheckSquare, MapPin, Phone } from "lucide-react";
import { PersonLink } from "@/features/tasks/task-row";
import { cx } from "@/lib/cx";
import { daysFromToday, formatLongDay } from "@/lib/format";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { dayKey } from "./days";
import type { Entry } from "./entries";
import { useWhen } from "./entry-button";

interface AgendaProps {
  days: readonly Date[];
  entries: Map<string, Entry[]>;
  isPending: boolean;
  onEdit: (entry: Entry) => void;
  /** Absent where the reader may not. */
  onAdd: (() => void) | undefined;
}

/** A month as a list of the days on which something is: the calendar of a phone. */
export function Agenda({ days, entries, isPending, onEdit, onAdd }: AgendaProps) {
  const { t } = useLingui();
  const filled = days.filter((day) => entries.has(dayKey(day)));
  if (isPending) {
    return (
      <div className="p-4">
        <SkeletonLines lines={8} label={t`Loading`} />
      </div>
    );
  }
  if (filled.length === 0) {
    return (
      <EmptyState
        kind="nothing"
        icon={CalendarDays}
        title={t`Nothing in this month`}
        action={onAdd && <Button onClick={onAdd}>{t`Plan a meeting`}</Button>}
      >
        {t`Meetings, calls and due tasks stand here by day.`}
      </EmptyState>
    );
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keyboard as well
    <div role="region" aria-label={t`Days`} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
      <div className="mx-auto flex max-w-2xl flex-col gap-5">
        {filled.map((day) => (
          <section key={dayKey(day)} aria-label={formatLongDay(day)}>
            <h3 className={cx("mb-1.5 font-semibold", daysFromToday(dayKey(day)) === 0 && "text-accent-text")}>
              {formatLongDay(day)}
            </h3>
            <ul className="rounded-lg border">
              {entries.get(dayKey(day))!.map((entry) => (
                <AgendaRow key={entry.key} entry={entry} onEdit={onEdit} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

const ICONS = { task: CheckSquare, call: Phone };

function AgendaRow({ entry, onEdit }: { entry: Entry; onEdit: (entry: Entry) => void }) {
  const { t } = useLingui();
  const when = useWhen()(entry);
  const { event } = entry;
  const Icon = event.kind === "task" || event.kind === "call" ? ICONS[event.kind] : CalendarDays;
  return (
    <li className="flex min-h-11 items-center gap-3 border-b px-3 py-1.5 last:border-0">
      <Icon aria-hidden className="size-4 shrink-0 text-ink-faint" strokeWidth={1.75} />
      <span className="flex min-w-0 flex-1 flex-col">
        <button
          type="button"
          onClick={() => onEdit(entry)}
          className={cx(
            "truncate text-start font-medium underline-offset-2 hover:underline pointer-coarse:min-h-6",
            event.done_at && "text-ink-faint line-through",
          )}
        >
          <bdi>{event.title || t`Untitled`}</bdi>
        </button>
        <span className="flex min-w-0 items-center gap-1 text-sm text-ink-muted tabular">
          {when}
          {event.location && (
            <>
              <MapPin aria-hidden className="ms-2 size-3 shrink-0" />
              <bdi className="truncate">{event.location}</bdi>
            </>
          )}
        </span>
      </span>
      {event.contact_ids[0] && <PersonLink id={event.contact_ids[0]} />}
    </li>
  );
}
