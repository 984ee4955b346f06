import { useVirtualizer } from "@tanstack/react-virtual";
import { useLingui } from "@lingui/react/macro";
import { type CSSProperties, type RefObject, useEffect, useRef, useState } from "react";
import { isProblem } from "@/api/problem";
import { patchOfText, takesText } from "./cell-text";
import type { Columns } from "./columns";
import type { Move } from "./field-editor";
import { useGridHands } from "./grid-hands";
import { GridHeader } from "./grid-header";
import { nextPlace, type Place } from "./grid-keys";
import { GridRow, type Refused } from "./grid-row";
import { prefetchEditor } from "./lazy-editor";
import type { CrmRecord, RecordField, RecordPatch } from "./record";
import { refusalReason } from "./refusal";
import type { Selection } from "./selection";
import type { Rows } from "./use-rows";

const ROW_PX = 32;
/** Rows ahead of the screen that are loaded before they are needed. */
const AHEAD = 100;

interface GridProps {
  list: Rows;
  columns: Columns;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  selection: Selection;
  openId: string | undefined;
  onOpen: (record: CrmRecord) => void;
  /** Answers the refusal, or null. */
  onSave: (record: CrmRecord, patch: RecordPatch) => Promise<unknown>;
  /** A block of cells, for these rows and fields. */
  onPaste: (cells: string[][], records: readonly CrmRecord[], fields: readonly RecordField[]) => void;
  readOnlyReason: string | undefined;
  /** Where the grid stands is kept for coming back. */
  scrollRef: RefObject<HTMLDivElement | null>;
  label: string;
}

/** `record` is as the user saw it when the edit began: what others change meanwhile is told apart by it. */
export interface Editing extends Place {
  record: CrmRecord;
  field: RecordField;
  initial?: string | undefined;
}

export function Grid(props: GridProps) {
  const { list, columns, sort, onSort, selection, openId, onOpen, onSave, onPaste, readOnlyReason, scrollRef } = props;
  const { t } = useLingui();
  const { rows, count, reach } = list;
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
  useEffect(() => reach(lastIndex + AHEAD));

  useEffect(prefetchEditor, []);

  const cellId = ({ row, column }: Place) => `cell-${row}-${column}`;
  const focusGrid = () => gridRef.current?.focus({ preventScroll: true });

  function go(to: Place): void {
    setActive(to);
    virtualizer.scrollToIndex(to.row, { align: "auto" });
    const widths = fields.map(columns.widthOf);
    scrollCellIntoView(scrollRef.current, widths, to.column);
  }

  function edit(place: Place, initial?: string): void {
    const field = fields[place.column];
    const record = rows[place.row];
    if (!field || !record || field.readOnly || readOnlyReason) return;
    const kept = refused?.id === record.id && refused.key === field.key ? refused.text : undefined;
    setActive(place);
    setEditing({ ...place, record, field, initial: initial ?? kept });
  }

  async function save(record: CrmRecord, field: RecordField, patch: RecordPatch | null, text: string): Promise<void> {
    if (!patch) return setRefused(null);
    const error = await onSave(record, patch);
    // What was typed stays in its cell, whatever the reason, so that it can be sent again.
    setRefused(isProblem(error) ? { id: record.id, key: field.key, text, reason: refusalReason(error) } : null);
  }

  function commit(edited: Editing, patch: RecordPatch | null, move: Move, text: string): void {
    setEditing(null);
    focusGrid();
    const next = nextPlace(edited, move, { rows: count, columns: fields.length });
    if (next.row !== edited.row || next.column !== edited.column) go(next);
    void save(edited.record, edited.field, patch, text);
  }

  const onKeyDown = useGridHands({
    gridRef,
    rows,
    fields,
    count,
    page: Math.floor((virtualizer.scrollRect?.height ?? 0) / ROW_PX) - 2,
    active,
    isEditing: editing !== null,
    selection,
    go,
    edit,
    wipe: (place) => {
      const record = rows[place.row];
      const field = fields[place.column];
      if (record && field && takesText(field) && !readOnlyReason)
        void save(record, field, patchOfText(record, field, ""), "");
    },
    onOpen,
    onPaste: (cells, records) => {
      if (!readOnlyReason) onPaste(cells, records, fields.slice(active.column));
    },
  });

  return (
    <div ref={scrollRef} className="min-h-0 flex-1 overflow-auto overscroll-contain" data-scroll-restoration-id="list">
      {/* The grid is one stop of Tab; the arrows move inside it (WAI-ARIA grid pattern). */}
      <div
        ref={gridRef}
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={count + 1}
        aria-colcount={fields.length}
        aria-multiselectable
        aria-activedescendant={rows[active.row] ? cellId(active) : undefined}
        onKeyDown={onKeyDown}
        className="group/grid w-max min-w-full outline-none"
        style={{ "--columns": fields.map((field) => `${columns.widthOf(field)}px`).join(" ") } as CSSProperties}
      >
        <GridHeader
          columns={columns}
          sort={sort}
          onSort={onSort}
          picked={selection.all || selection.ids.size > 0}
          onPickAll={() =>
            selection.all || selection.ids.size > 0 ? selection.clear() : selection.pickLoaded(rows.map(({ id }) => id))
          }
        />
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const record = rows[item.index];
            return (
              <GridRow
                key={item.key}
                index={item.index}
                top={item.start}
                record={record}
                fields={fields}
                activeColumn={item.index === active.row ? active.column : -1}
                editing={editing?.row === item.index ? editing : null}
                selected={record !== undefined && selection.has(record.id)}
                open={record !== undefined && record.id === openId}
                refused={refused?.id === record?.id ? refused : null}
                cellId={cellId}
                selectLabel={t`Select ${{ name: record?.name ?? "" }}`}
                onSelect={selection.toggle}
                onOpen={onOpen}
                onPick={(place) => {
                  setActive(place);
                  focusGrid();
                }}
                onEdit={edit}
                onCommit={commit}
                onCancel={() => {
                  setEditing(null);
                  focusGrid();
                }}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Sideways only; the first column is pinned and covers what is under it. */
function scrollCellIntoView(scroller: HTMLDivElement | null, widths: number[], column: number): void {
  if (!scroller || column === 0) return;
  const start = widths.slice(0, column).reduce((sum, width) => sum + width, 0);
  const [pinned, width] = [widths[0]!, widths[column]!];
  const rtl = document.documentElement.dir === "rtl" ? -1 : 1;
  const at = scroller.scrollLeft * rtl;
  if (start - pinned < at) scroller.scrollLeft = (start - pinned) * rtl;
  else if (start + width > at + scroller.clientWidth)
    scroller.scrollLeft = (start + width - scroller.clientWidth) * rtl;
}
