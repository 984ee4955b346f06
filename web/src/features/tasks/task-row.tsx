import { useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { CrmEvent } from "@/api/types";
import { useRefusal } from "@/app/may";
import { paths } from "@/app/paths";
import { contactQuery } from "@/features/contacts/queries";
import { setDone } from "@/features/timeline/event-changes";
import { cx } from "@/lib/cx";
import { daysFromToday, formatDay } from "@/lib/format";
import { Checkbox } from "@/ui/checkbox";
import { DueMenu } from "./due-menu";

const EventDialog = lazy(() => import("@/features/calendar/event-dialog"));

/** A task: tick it, open it, put it off, or go to the person whom it is about. */
export function TaskRow({ task }: { task: CrmEvent }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const refusal = useRefusal({ part: "events" });
  const [open, setOpen] = useState(false);
  const done = task.done_at !== null;
  const late = !done && task.due_at !== null && daysFromToday(task.due_at) < 0;
  return (
    <li className="flex min-h-9 items-center gap-3 border-b px-3 py-1 last:border-0">
      <Checkbox
        disabled={Boolean(refusal)}
        aria-label={t`Done: ${{ title: task.title ?? "" }}`}
        checked={done}
        onCheckedChange={(next) => void setDone(queryClient, task, next)}
      />
      <div className="flex min-w-0 flex-1 gap-x-3 max-wide:flex-col max-wide:py-1 wide:items-center">
        <button
          type="button"
          title={task.title ?? ""}
          onClick={() => setOpen(true)}
          className={cx(
            "min-w-0 flex-1 truncate text-start underline-offset-2 hover:underline pointer-coarse:min-h-6",
            done && "text-ink-faint line-through",
          )}
        >
          <bdi>{task.title || t`Untitled`}</bdi>
        </button>
        {task.contact_ids[0] && <PersonLink id={task.contact_ids[0]} />}
      </div>
      {task.due_at && (
        <span className={cx("w-16 shrink-0 text-end text-sm tabular", late ? "text-danger-text" : "text-ink-faint")}>
          {formatDay(task.due_at)}
        </span>
      )}
      {!done && !refusal && (
        <span className="-my-1 -me-2">
          <DueMenu task={task} />
        </span>
      )}
      <Suspense>{open && <EventDialog subject={{ event: task }} onClose={() => setOpen(false)} />}</Suspense>
    </li>
  );
}

export function PersonLink({ id }: { id: string }) {
  const { data } = useQuery(contactQuery(id));
  if (!data) return null;
  return (
    <Link
      to={paths.person}
      params={{ id }}
      className="max-w-40 shrink-0 truncate text-ink-muted underline-offset-2 hover:text-ink hover:underline pointer-coarse:min-h-6 pointer-coarse:leading-6"
    >
      <bdi>{data.name}</bdi>
    </Link>
  );
}
