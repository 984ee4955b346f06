import { useLingui } from "@lingui/react/macro";
import { memo } from "react";
import { cx } from "@/lib/cx";
import { Skeleton } from "@/ui/skeleton";
import { Tick } from "@/ui/tick";
import { CellValue } from "./cell";
import { FieldEditor, type Move } from "./field-editor";
import { labelOf } from "./fields";
import type { Editing } from "./grid";
import type { Place } from "./grid-keys";
import { isChoice } from "./record";
import { useNoun } from "./noun-context";
import type { CrmRecord, RecordField, RecordPatch } from "./record";
import { RecordAvatar } from "./record-avatar";

/** A text that the server did not take: kept in its cell until it is mended. */
export interface Refused {
  id: string;
  key: string;
  text: string;
  reason: string;
}

interface GridRowProps {
  index: number;
  top: number;
  record: CrmRecord | undefined;
  fields: readonly RecordField[];
  /** -1 when the active cell is in another row. */
  activeColumn: number;
  editing: Editing | null;
  selected: boolean;
  open: boolean;
  refused: Refused | null;
  cellId: (place: Place) => string;
  selectLabel: string;
  onSelect: (index: number, range: boolean) => void;
  onOpen: (record: CrmRecord) => void;
  onPick: (place: Place) => void;
  onEdit: (place: Place) => void;
  onCommit: (edited: Editing, patch: RecordPatch | null, move: Move, text: string) => void;
  onCancel: () => void;
}

function sameShown(a: GridRowProps, b: GridRowProps): boolean {
  return (
    a.record === b.record &&
    a.top === b.top &&
    a.index === b.index &&
    a.fields === b.fields &&
    a.activeColumn === b.activeColumn &&
    a.editing === b.editing &&
    a.selected === b.selected &&
    a.open === b.open &&
    a.refused === b.refused
  );
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { index, top, record, fields, selected, open } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${top}px)` }}
      className={cx(
        "group/row absolute inset-x-0 top-0 grid h-row grid-cols-(--columns) border-b",
        selected || open ? "bg-accent-soft" : "bg-surface",
      )}
    >
      {fields.map((field, column) =>
        record ? (
          <Cell key={field.key} {...props} record={record} field={field} column={column} />
        ) : (
          <div key={field.key} role="gridcell" aria-colindex={column + 1} className="flex items-center px-2">
            <Skeleton className={column === 0 ? "h-3 w-32" : "h-3 w-20"} />
          </div>
        ),
      )}
    </div>
  );
}, sameShown);

interface CellProps extends GridRowProps {
  record: CrmRecord;
  field: RecordField;
  column: number;
}

function Cell(props: CellProps) {
  const {
    index,
    record,
    field,
    column,
    activeColumn,
    editing,
    selected,
    open,
    cellId,
    onPick,
    onEdit,
    onCommit,
    onCancel,
  } = props;
  const place = { row: index, column };
  const isEditing = editing?.column === column;
  const refused = props.refused?.key === field.key ? props.refused : null;
  const isWide = isEditing && isChoice(field);
  return (
    // The grid itself has the focus and hears the keys; a cell hears the pointer only.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="gridcell"
      id={cellId(place)}
      aria-colindex={column + 1}
      aria-readonly={field.readOnly}
      aria-invalid={refused !== null}
      title={refused?.reason}
      onClick={() => !isEditing && onPick(place)}
      onDoubleClick={() => !isEditing && onEdit(place)}
      className={cx(
        "flex min-w-0 items-center px-2",
        column === 0 && "sticky start-0 z-1 border-e",
        column === 0 && (selected || open ? "bg-accent-soft" : "bg-surface group-hover/row:bg-sunken"),
        !selected && !open && "group-hover/row:bg-sunken",
        activeColumn === column && "group-focus-within/grid:shadow-[inset_0_0_0_2px_var(--color-focus)]",
        isEditing && "z-2 overflow-visible bg-surface",
        refused && "bg-danger-soft",
      )}
    >
      {isEditing ? (
        <div className={cx("flex h-full items-center", isWide ? "w-72 shrink-0 bg-surface" : "w-full")}>
          <FieldEditor
            record={editing.record}
            field={field}
            label={labelOf(field)}
            initial={editing.initial}
            onCommit={(patch, move, text = "") => onCommit(editing, patch, move, text)}
            onCancel={onCancel}
          />
        </div>
      ) : refused ? (
        <span className="truncate text-danger-text">{refused.text}</span>
      ) : column === 0 ? (
        <NameCell {...props} />
      ) : (
        <CellValue record={record} field={field} />
      )}
    </div>
  );
}

function NameCell({ index, record, selected, selectLabel, onSelect, onOpen }: CellProps) {
  const { i18n } = useLingui();
  const { words } = useNoun();
  const { name } = record;
  return (
    <>
      <span className="relative flex size-5 shrink-0 items-center justify-center">
        <span className={cx("absolute inset-0 flex group-hover/row:invisible", selected && "invisible")}>
          <RecordAvatar record={record} size="xs" />
        </span>
        <Tick
          tabIndex={-1}
          aria-label={selectLabel}
          checked={selected}
          onClick={(event) => {
            event.stopPropagation();
            onSelect(index, event.shiftKey);
          }}
          className={selected ? "" : "opacity-0 group-hover/row:opacity-100"}
        />
      </span>
      <button
        type="button"
        tabIndex={-1}
        title={name}
        onClick={(event) => {
          event.stopPropagation();
          onOpen(record);
        }}
        className="ms-2 min-w-0 truncate rounded-sm text-start font-medium decoration-line-strong underline-offset-3 hover:underline"
      >
        <bdi>{name || i18n._(words.noName)}</bdi>
      </button>
    </>
  );
}
