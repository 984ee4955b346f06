import { useLingui } from "@lingui/react/macro";
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, EyeOff } from "lucide-react";
import { useRef, useState } from "react";
import { cx } from "@/lib/cx";
import { Menu, type MenuEntry } from "@/ui/menu";
import { Tick } from "@/ui/tick";
import type { Columns } from "./columns";
import { labelOf } from "./fields";
import type { RecordField } from "./record";

interface HeaderProps {
  columns: Columns;
  /** Some rows are picked. */
  picked: boolean;
  onPickAll: () => void;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
}

export function GridHeader(props: HeaderProps) {
  const { columns } = props;
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div role="row" aria-rowindex={1} className="grid h-row grid-cols-(--columns) border-b bg-surface">
        {columns.shown.map((field, index) => (
          <HeaderCell key={field.key} {...props} field={field} index={index} />
        ))}
      </div>
    </div>
  );
}

function directionOf(field: RecordField, sort: string | undefined): "ascending" | "descending" | undefined {
  if (!field.sort || !sort) return undefined;
  if (sort === field.sort) return "ascending";
  return sort === `-${field.sort}` ? "descending" : undefined;
}

/** What is dragged onto a header: the key of the column that is moved. */
const DRAGGED = "application/x-crm-column";

function HeaderCell(props: HeaderProps & { field: RecordField; index: number }) {
  const { field, index, columns, sort, onSort } = props;
  const { t } = useLingui();
  const [isTarget, setTarget] = useState(false);
  const direction = directionOf(field, sort);
  const label = labelOf(field);
  const isFirst = index === 0;
  const entries: MenuEntry[] = [
    ...(field.sort
      ? ([
          {
            id: "up",
            label: t`Sort ascending`,
            icon: ArrowUp,
            checked: direction === "ascending",
            run: () => onSort(field.sort),
          },
          {
            id: "down",
            label: t`Sort descending`,
            icon: ArrowDown,
            checked: direction === "descending",
            run: () => onSort(`-${field.sort}`),
          },
          "separator",
        ] satisfies MenuEntry[])
      : []),
    {
      id: "start",
      label: t`Move to the left`,
      icon: ArrowLeft,
      disabledReason: index <= 1 ? t`The name stays first.` : undefined,
      run: () => columns.move(field.key, index - 1),
    },
    {
      id: "end",
      label: t`Move to the right`,
      icon: ArrowRight,
      disabledReason: isFirst ? t`The name stays first.` : undefined,
      run: () => columns.move(field.key, index + 1),
    },
    {
      id: "hide",
      label: t`Hide column`,
      icon: EyeOff,
      disabledReason: isFirst ? t`The name always shows.` : undefined,
      run: () => columns.toggle(field.key),
    },
  ];
  return (
    // Dropping is the pointer's way; for the keyboard the menu moves columns.
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={direction}
      className={cx(
        "relative flex min-w-0 items-center text-sm text-ink-faint",
        isFirst && "sticky start-0 z-1 border-e bg-surface",
        isTarget && "bg-accent-soft",
      )}
      onDragOver={(event) => {
        if (isFirst || !event.dataTransfer.types.includes(DRAGGED)) return;
        event.preventDefault();
        setTarget(true);
      }}
      onDragLeave={() => setTarget(false)}
      onDrop={(event) => {
        setTarget(false);
        event.preventDefault();
        columns.move(event.dataTransfer.getData(DRAGGED), index);
      }}
    >
      {isFirst && (
        <span className="ps-2">
          <Tick
            tabIndex={-1}
            aria-label={props.picked ? t`Clear the selection` : t`Select all that is loaded`}
            checked={props.picked}
            some={props.picked}
            onClick={props.onPickAll}
          />
        </span>
      )}
      <Menu
        trigger={
          <button
            type="button"
            draggable={!isFirst}
            onDragStart={(event) => event.dataTransfer.setData(DRAGGED, field.key)}
            className="flex h-full min-w-0 flex-1 items-center gap-1 px-2 text-start hover:bg-hover data-popup-open:bg-hover"
          >
            <span className="truncate">{label}</span>
            {direction === "ascending" && <ArrowUp aria-hidden className="size-3 shrink-0" />}
            {direction === "descending" && <ArrowDown aria-hidden className="size-3 shrink-0" />}
          </button>
        }
        entries={entries}
      />
      <Resizer
        width={columns.widthOf(field)}
        label={t`Width of ${label}`}
        onResize={(width) => columns.resize(field.key, width)}
      />
    </div>
  );
}

const STEP_PX = 16;

function Resizer({ width, label, onResize }: { width: number; label: string; onResize: (width: number) => void }) {
  const from = useRef<{ x: number; width: number } | null>(null);
  const forward = document.documentElement.dir === "rtl" ? -1 : 1;
  return (
    // A focusable separator is the widget for this (WAI-ARIA window splitter).
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onKeyDown={(event) => {
        const by = event.key === "ArrowRight" ? STEP_PX : event.key === "ArrowLeft" ? -STEP_PX : 0;
        if (by === 0) return;
        event.preventDefault();
        event.stopPropagation();
        onResize(width + by * forward);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) =>
        from.current && onResize(from.current.width + (event.clientX - from.current.x) * forward)
      }
      onPointerUp={() => (from.current = null)}
      className="absolute inset-y-1 end-0 w-1 cursor-col-resize touch-none rounded-full hover:bg-accent focus-visible:bg-accent"
    />
  );
}
