import { useVirtualizer } from "@tanstack/react-virtual";
import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { Contact } from "@/api/types";
import { isProblem } from "@/api/problem";
import type { Columns } from "./columns";
import { GridHeader } from "./grid-header";
import { GridRow, type Refused } from "./grid-row";
import { isTypedCharacter, type Place, step } from "./grid-keys";
import type { Move } from "./field-editor";
import type { ContactPatch } from "./save";
import type { Selection } from "./selection";
import { textOf } from "./fields";
import type { ContactRows } from "./use-contact-rows";

const ROW_PX = 32;
/** Rows ahead of the screen that are loaded before they are needed. */
const AHEAD = 100;

interface GridProps {
  list: ContactRows;
  columns: Columns;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  selection: Selection;
  openId: string | undefined;
  onOpen: (contact: Contact) => void;
  /** Answers the refusal, or null. */
  onSave: (contact: Contact, patch: ContactPatch) => Promise<unknown>;
  readOnlyReason: string | undefined;
  /** Where the grid stands is kept for coming back. */
  scrollRef: RefObject<HTMLDivElement | null>;
  label: string;
}

interface Editing extends Place {
  initial?: string | undefined;
}

export function ContactGrid({
  list,
  columns,
  sort,
  onSort,
  selection,
  openId,
  onOpen,
  onSave,
  readOnlyReason,
  scrollRef,
  label,
}: GridProps) {
  const { t } = useLingui();
  const { rows, count } = list;
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const [editing, setEditing] = useState<Editing | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const gridRef = useRef<HTMLDivElement>(null);
  const fields = columns.shown;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: ROW_PX,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;

  const { reach } = list;
  useEffect(() => reach(lastIndex + AHEAD));

  const template = fields.map((field) => `${columns.widthOf(field)}px`).join(" ");
  const cellId = ({ row, column }: Place) => `cell-${row}-${column}`;

  function go(to: Place): void {
    setActive(to);
    virtualizer.scrollToIndex(to.row, { align: "auto" });
    scrollCellIntoView(
      scrollRef.current,
      fields.slice(0, to.column).map(columns.widthOf),
      columns.widthOf(fields[0]!),
      columns.widthOf(fields[to.column]!),
    );
  }

  function edit(place: Place, initial?: string): void {
    const field = fields[place.column];
    const contact = rows[place.row];
    if (!field || !contact || field.readOnly || readOnlyReason) return;
    const kept = refused?.id === contact.id && refused.key === field.key ? refused.text : undefined;
    setActive(place);
    setEditing({ ...place, initial: initial ?? kept });
  }

  async function commit(place: Place, patch: ContactPatch | null, move: Move, text: string): Promise<void> {
    setEditing(null);
    gridRef.current?.focus({ preventScroll: true });
    const next = nextPlace(place, move, fields.length, count);
    if (next.row !== place.row || next.column !== place.column) go(next);
    const contact = rows[place.row];
    const field = fields[place.column];
    if (!patch || !contact || !field) return setRefused(null);
    const error = await onSave(contact, patch);
    setRefused(
      isProblem(error, 422)
        ? { id: contact.id, key: field.key, text, reason: error.fields[0]?.detail ?? error.detail }
        : null,
    );
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (editing || event.target !== gridRef.current) return;
    const contact = rows[active.row];
    const size = {
      rows: count,
      columns: fields.length,
      page: Math.floor((scrollRef.current?.clientHeight ?? 0) / ROW_PX) - 2,
    };
    const to = step(event, active, size, document.documentElement.dir === "rtl");
    const mod = event.metaKey || event.ctrlKey;
    if (to) {
      if (event.shiftKey && to.row !== active.row) {
        if (!selection.ids.has(rows[active.row]?.id ?? "")) selection.toggle(active.row, false);
        selection.toggle(to.row, true);
      }
      go(to);
    } else if (mod && event.key === "Enter" && contact) onOpen(contact);
    else if (event.key === "Enter" || event.key === "F2") edit(active);
    else if (event.key === " ") selection.toggle(active.row, event.shiftKey);
    else if (event.key === "Escape") selection.clear();
    else if (mod && event.key === "a") selection.select(rows.map(({ id }) => id));
    else if (isTypedCharacter(event)) edit(active, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    // The grid is one stop of Tab; the arrows move inside it (WAI-ARIA grid pattern).
    <div
      ref={scrollRef}
      className="min-h-0 flex-1 overflow-auto overscroll-contain"
      data-scroll-restoration-id="people"
    >
      <div
        ref={gridRef}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={fields.length}
        aria-multiselectable
        aria-activedescendant={rows[active.row] ? cellId(active) : undefined}
        onKeyDown={onKeyDown}
        onCopy={(event) => {
          const contact = rows[active.row];
          const field = fields[active.column];
          if (editing || !contact || !field || getSelection()?.toString()) return;
          event.clipboardData.setData("text/plain", textOf(contact, field));
          event.preventDefault();
        }}
        onPaste={(event) => !editing && edit(active, event.clipboardData.getData("text/plain").split("\n")[0])}
        className="group/grid w-max min-w-full outline-none"
        style={{ "--columns": template } as React.CSSProperties}
      >
        <GridHeader columns={columns} sort={sort} onSort={onSort} />
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const contact = rows[item.index];
            const isActive = item.index === active.row;
            return (
              <GridRow
                key={item.key}
                index={item.index}
                top={item.start}
                contact={contact}
                fields={fields}
                activeColumn={isActive ? active.column : -1}
                editing={editing?.row === item.index ? editing : null}
                selected={contact !== undefined && selection.ids.has(contact.id)}
                open={contact !== undefined && contact.id === openId}
                refused={refused?.id === contact?.id ? refused : null}
                cellId={cellId}
                selectLabel={t`Select ${{ name: contact?.name ?? "" }}`}
                onSelect={selection.toggle}
                onOpen={onOpen}
                onPick={(place) => {
                  setActive(place);
                  gridRef.current?.focus({ preventScroll: true });
                }}
                onEdit={edit}
                onCommit={(place, patch, move, text) => void commit(place, patch, move, text)}
                onCancel={() => {
                  setEditing(null);
                  gridRef.current?.focus({ preventScroll: true });
                }}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function nextPlace({ row, column }: Place, move: Move, columnCount: number, rowCount: number): Place {
  switch (move) {
    case "down":
      return { row: Math.min(row + 1, rowCount - 1), column };
    case "next":
      return { row, column: Math.min(column + 1, columnCount - 1) };
    case "previous":
      return { row, column: Math.max(column - 1, 0) };
    default:
      return { row, column };
  }
}

/** Sideways only; the first column is pinned and covers what is under it. */
function scrollCellIntoView(scroller: HTMLDivElement | null, before: number[], pinned: number, width: number): void {
  if (!scroller || before.length === 0) return;
  const start = before.reduce((sum, each) => sum + each, 0);
  const rtl = document.documentElement.dir === "rtl" ? -1 : 1;
  const at = scroller.scrollLeft * rtl;
  if (start - pinned < at) scroller.scrollLeft = (start - pinned) * rtl;
  else if (start + width > at + scroller.clientWidth)
    scroller.scrollLeft = (start + width - scroller.clientWidth) * rtl;
}
