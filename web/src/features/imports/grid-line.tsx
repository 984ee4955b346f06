import { useLingui } from "@lingui/react/macro";
import { Check } from "lucide-react";
import { type CSSProperties, useRef } from "react";
import type { Import, ImportRow } from "@/api/types";
import { cx } from "@/lib/cx";
import { formatNumber } from "@/lib/format";
import { useOnce } from "@/lib/use-once";
import type { Cell } from "./grid-move";
import type { Outcome } from "./queries";

export interface GridHands {
  focus: (cell: Cell) => void;
  edit: (cell: Cell) => void;
  /** `text` is null when the edit was given up; `move` is the key to follow. */
  leave: (cell: Cell, text: string | null, move?: string) => void;
}

interface GridLineProps {
  job: Import;
  row: ImportRow;
  index: number;
  shownIn: Outcome;
  hasProblems: boolean;
  active: (Cell & { editing: boolean }) | null;
  hands: GridHands;
  style: CSSProperties;
}

export function GridLine({ job, row, index, shownIn, hasProblems, active, hands, style }: GridLineProps) {
  const { t } = useLingui();
  const reasons = [...new Set(row.errors.map(({ reason }) => reason))].join(" ");
  // Stays where it is until the list is read anew: a row that vanished would move the next one under the pointer.
  const isMended = row.outcome !== shownIn;
  return (
    <div role="row" aria-rowindex={index + 2} style={style} className="absolute inset-x-0 top-0 grid h-row border-b">
      <span
        role="rowheader"
        className="sticky start-0 flex h-[calc(100%-1px)] items-center gap-1 bg-surface px-3 text-ink-faint tabular"
      >
        {formatNumber(row.row)}
        {isMended && <Check aria-label={t`mended`} role="img" className="size-3.5 text-ok-text" />}
      </span>
      {hasProblems && (
        <span
          role="gridcell"
          title={reasons}
          className={cx(
            "truncate px-2 leading-[1.9375rem]",
            shownIn === "invalid" ? "text-danger-text" : "text-warn-text",
          )}
        >
          {reasons}
        </span>
      )}
      {job.columns.map(({ name }, column) => (
        <LineCell
          key={name}
          cell={{ row: index, column }}
          name={name}
          text={row.cells[column] ?? ""}
          reason={row.errors.find((fault) => fault.column === name)?.reason}
          isLeftOut={!job.mapping[name]}
          tabIndex={active?.column === column || (index === 0 && column === 0 && !active) ? 0 : -1}
          editing={active?.column === column && active.editing}
          hands={hands}
        />
      ))}
    </div>
  );
}

interface LineCellProps {
  cell: Cell;
  name: string;
  text: string;
  reason: string | undefined;
  isLeftOut: boolean;
  tabIndex: number;
  editing: boolean;
  hands: GridHands;
}

function LineCell({ cell, name, text, reason, isLeftOut, tabIndex, editing, hands }: LineCellProps) {
  const { t } = useLingui();
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid around it listens to the keys
    <div
      role="gridcell"
      data-cell={`${cell.row}-${cell.column}`}
      tabIndex={editing ? -1 : tabIndex}
      aria-invalid={Boolean(reason)}
      title={reason ?? text}
      onFocus={(event) => event.target === event.currentTarget && hands.focus(cell)}
      onClick={() => !editing && reason && hands.edit(cell)}
      onDoubleClick={() => !editing && hands.edit(cell)}
      className={cx(
        "min-w-0 border-s outline-offset-[-2px]",
        reason && "bg-danger-soft text-danger-text",
        isLeftOut && "text-ink-faint",
      )}
    >
      {editing ? (
        <CellInput label={name} text={text} onLeave={(next, move) => hands.leave(cell, next, move)} />
      ) : (
        <bdi className="block truncate px-2 leading-[1.9375rem]">{text || (reason && t`empty`)}</bdi>
      )}
    </div>
  );
}

function CellInput({
  label,
  text,
  onLeave,
}: {
  label: string;
  text: string;
  onLeave: (text: string | null, move?: string) => void;
}) {
  const once = useOnce();
  const inputRef = useRef<HTMLInputElement>(null);
  const keep = (move?: string) => once(() => onLeave(inputRef.current!.value, move));
  return (
    <input
      ref={inputRef}
      aria-label={label}
      defaultValue={text}
      autoFocus
      onBlur={() => keep()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") keep("ArrowDown");
        if (event.key === "Escape") once(() => onLeave(null, "stay"));
        if (event.key === "Tab") {
          event.preventDefault();
          keep(event.shiftKey ? "ArrowLeft" : "ArrowRight");
        }
      }}
      className="h-full w-full bg-surface px-2 text-ink outline-2 outline-offset-[-2px] outline-focus"
    />
  );
}
