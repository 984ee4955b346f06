import { useLingui } from "@lingui/react/macro";
import { CheckSquare, Phone, Repeat } from "lucide-react";
import type { CSSProperties } from "react";
import { cx } from "@/lib/cx";
import { formatDay, formatTime, formatTimeRange } from "@/lib/format";
import type { Entry } from "./entries";

/** When it is, in words: "9:00 – 10:00", "all day", "due". */
export function useWhen(): (entry: Entry) => string {
  const { t } = useLingui();
  return ({ event, start, end, allDay }) => {
    if (event.kind === "task" && event.starts_at === null) return event.done_at ? t`done` : t`due`;
    if (allDay) return t`all day`;
    return end > start ? formatTimeRange(start, end) : formatTime(start);
  };
}

interface EntryButtonProps {
  entry: Entry;
  onEdit: (entry: Entry) => void;
  /** Title over time, as where it takes up its hours. */
  tall?: boolean;
  className?: string;
  style?: CSSProperties;
}

/** One appearance of an event on a day. */
export function EntryButton({ entry, onEdit, tall = false, className, style }: EntryButtonProps) {
  const { t } = useLingui();
  const when = useWhen()(entry);
  const { event, start, allDay } = entry;
  const title = event.title || t`Untitled`;
  const isTask = event.kind === "task";
  const Icon = isTask ? CheckSquare : event.kind === "call" ? Phone : null;
  return (
    <button
      type="button"
      title={`${title} · ${when}`}
      style={style}
      onClick={(click) => {
        click.stopPropagation();
        onEdit(entry);
      }}
      className={cx(
        "flex min-w-0 gap-1 overflow-hidden rounded-sm px-1.5 text-start text-sm",
        tall ? "flex-wrap content-start gap-y-0 py-0.5" : "h-5 items-center",
        isTask
          ? "bg-hue-yellow text-hue-yellow-text"
          : event.kind === "call"
            ? "bg-hue-teal text-hue-teal-text"
            : "bg-hue-blue text-hue-blue-text",
        event.done_at && "line-through opacity-75",
        className,
      )}
    >
      {Icon && <Icon aria-hidden className={cx("size-3 shrink-0", tall && "mt-0.5")} strokeWidth={2} />}
      {!tall && !allDay && <span className="shrink-0 tabular">{formatTime(start)}</span>}
      <bdi className={cx("min-w-0 flex-1 truncate font-medium", tall && "basis-2/3")}>{title}</bdi>
      {event.recurrence && <Repeat aria-hidden className={cx("size-3 shrink-0", tall && "mt-0.5")} />}
      {tall && <span className="w-full truncate tabular">{when}</span>}
      <span className="sr-only">
        {formatDay(start)}
        {!tall && `, ${when}`}
      </span>
    </button>
  );
}
