import { useLingui } from "@lingui/react/macro";
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, EyeOff } from "lucide-react";
import { useRef } from "react";
import { cx } from "@/lib/cx";
import { Menu, type MenuEntry } from "@/ui/menu";
import type { Columns } from "./columns";
import type { ContactField } from "./fields";

interface HeaderProps {
  columns: Columns;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
}

export function GridHeader({ columns, sort, onSort }: HeaderProps) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div role="row" aria-rowindex={1} className="grid h-row grid-cols-(--columns) border-b bg-surface">
        {columns.shown.map((field, index) => (
          <HeaderCell key={field.key} field={field} index={index} columns={columns} sort={sort} onSort={onSort} />
        ))}
      </div>
    </div>
  );
}

function directionOf(field: ContactField, sort: string | undefined): "ascending" | "descending" | undefined {
  if (!field.sort || !sort) return undefined;
  if (sort === field.sort) return "ascending";
  return sort === `-${field.sort}` ? "descending" : undefined;
}

function HeaderCell({ field, index, columns, sort, onSort }: HeaderProps & { field: ContactField; index: number }) {
  const { t, i18n } = useLingui();
  const direction = directionOf(field, sort);
  const label = i18n._(field.label);
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
      run: () => columns.move(field.key, -1),
    },
    {
      id: "end",
      label: t`Move to the right`,
      icon: ArrowRight,
      disabledReason: isFirst ? t`The name stays first.` : undefined,
      run: () => columns.move(field.key, 1),
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
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={direction}
      className={cx(
        "relative flex min-w-0 items-center text-sm text-ink-faint",
        isFirst && "sticky start-0 z-1 border-e bg-surface",
      )}
    >
      <Menu
        trigger={
          <button
            type="button"
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
