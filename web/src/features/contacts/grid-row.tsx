import { useLingui } from "@lingui/react/macro";
import { memo } from "react";
import type { Contact } from "@/api/types";
import { cx } from "@/lib/cx";
import { Avatar } from "@/ui/avatar";
import { Checkbox } from "@/ui/checkbox";
import { Skeleton } from "@/ui/skeleton";
import { CellValue } from "./cell";
import { FieldEditor, type Move } from "./field-editor";
import { type ContactField, fieldLabel } from "./fields";
import type { Place } from "./grid-keys";
import type { ContactPatch } from "./save";

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
  contact: Contact | undefined;
  fields: ContactField[];
  /** -1 when the active cell is in another row. */
  activeColumn: number;
  editing: (Place & { initial?: string | undefined }) | null;
  selected: boolean;
  open: boolean;
  refused: Refused | null;
  cellId: (place: Place) => string;
  selectLabel: string;
  onSelect: (index: number, range: boolean) => void;
  onOpen: (contact: Contact) => void;
  onPick: (place: Place) => void;
  onEdit: (place: Place) => void;
  onCommit: (place: Place, patch: ContactPatch | null, move: Move, text: string) => void;
  onCancel: () => void;
}

function sameShown(a: GridRowProps, b: GridRowProps): boolean {
  return (
    a.contact === b.contact &&
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
  const { index, top, contact, fields, selected, open } = props;
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
        contact ? (
          <Cell key={field.key} {...props} contact={contact} field={field} column={column} />
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
  contact: Contact;
  field: ContactField;
  column: number;
}

function Cell(props: CellProps) {
  const {
    index,
    contact,
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
  const isWide = isEditing && /^(company|tags|owner)$/.test(field.kind);
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
            contact={contact}
            field={field}
            label={fieldLabel([field.key])}
            initial={editing.initial}
            onCommit={(patch, move, text = "") => onCommit(place, patch, move, text)}
            onCancel={onCancel}
          />
        </div>
      ) : refused ? (
        <span className="truncate text-danger-text">{refused.text}</span>
      ) : field.kind === "name" ? (
        <NameCell {...props} />
      ) : (
        <CellValue contact={contact} field={field} />
      )}
    </div>
  );
}

function NameCell({ index, contact, selected, selectLabel, onSelect, onOpen }: CellProps) {
  const { t } = useLingui();
  const name = contact.name ?? "";
  return (
    <>
      <span className="relative flex size-5 shrink-0 items-center justify-center">
        <span className={cx("absolute inset-0 flex group-hover/row:invisible", selected && "invisible")}>
          <Avatar name={name} src={contact.avatar_url} size="xs" />
        </span>
        <Checkbox
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
          onOpen(contact);
        }}
        className="ms-2 min-w-0 truncate rounded-sm text-start font-medium decoration-line-strong underline-offset-3 hover:underline"
      >
        <bdi>{name || t`No name`}</bdi>
      </button>
    </>
  );
}
