import { type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import { formatCells, parseCells } from "./clipboard";
import { isTypedCharacter, type Place, step } from "./grid-keys";
import type { CrmRecord, RecordField } from "./record";
import type { Selection } from "./selection";
import { editableText } from "./values";

export interface GridHands {
  gridRef: RefObject<HTMLDivElement | null>;
  rows: readonly CrmRecord[];
  fields: readonly RecordField[];
  count: number;
  /** Rows that fit on the screen. */
  page: number;
  active: Place;
  isEditing: boolean;
  selection: Selection;
  go: (to: Place) => void;
  edit: (place: Place, initial?: string) => void;
  /** Empties a cell. */
  wipe: (place: Place) => void;
  onOpen: (record: CrmRecord) => void;
  /** A block of cells for these rows, from the active column on. */
  onPaste: (cells: string[][], records: readonly CrmRecord[]) => void;
}

/** What the keyboard and the clipboard do in a grid; answers the listener for its keys. */
export function useGridHands(hands: GridHands): (event: KeyboardEvent) => void {
  const latest = useRef(hands);
  useEffect(() => {
    latest.current = hands;
  });
  // Browsers tell of copy and paste where the text selection is, not where the focus is: heard on the document.
  useEffect(() => {
    const hearing = (act: (hands: GridHands, event: ClipboardEvent) => void) => (event: ClipboardEvent) => {
      const { gridRef, isEditing } = latest.current;
      if (!isEditing && document.activeElement === gridRef.current) act(latest.current, event);
    };
    const [copied, pasted] = [hearing(onCopy), hearing(onPaste)];
    document.addEventListener("copy", copied);
    document.addEventListener("paste", pasted);
    return () => {
      document.removeEventListener("copy", copied);
      document.removeEventListener("paste", pasted);
    };
  }, []);
  return (event) => onKeyDown(hands, event);
}

function onKeyDown(hands: GridHands, event: KeyboardEvent): void {
  if (hands.isEditing || event.target !== hands.gridRef.current || event.altKey) return;
  const size = { rows: hands.count, columns: hands.fields.length, page: hands.page };
  const to = step(event, hands.active, size, document.documentElement.dir === "rtl");
  if (to) {
    if (event.shiftKey && to.row !== hands.active.row) span(hands, to.row);
    hands.go(to);
  } else if (!act(hands, event)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Shift and an arrow pick the rows on the way. */
function span({ selection, rows, active }: GridHands, to: number): void {
  const from = rows[active.row];
  if (from && selection.anchor === null) selection.toggle(active.row, false);
  selection.toggle(to, true);
}

/** True when the key meant something here. */
function act(hands: GridHands, event: KeyboardEvent): boolean {
  const { active, selection, rows } = hands;
  const record = rows[active.row];
  const mod = event.metaKey || event.ctrlKey;
  if (mod && event.key === "Enter" && record) hands.onOpen(record);
  else if (mod && event.key.toLowerCase() === "a") selection.pickLoaded(rows.map(({ id }) => id));
  else if (mod) return false;
  else if (event.key === "Enter" || event.key === "F2") hands.edit(active);
  else if (event.key === " ") selection.toggle(active.row, event.shiftKey);
  else if (event.key === "Escape" && (selection.all || selection.ids.size > 0)) selection.clear();
  else if (event.key === "Delete" || event.key === "Backspace") hands.wipe(active);
  else if (isTypedCharacter(event)) hands.edit(active, event.key);
  else return false;
  return true;
}

/** The rows picked with all their columns, else the active cell. */
function onCopy({ rows, fields, active, selection }: GridHands, event: ClipboardEvent): void {
  const record = rows[active.row];
  const field = fields[active.column];
  if (!record || !field || !event.clipboardData || getSelection()?.toString()) return;
  const picked = rows.filter(({ id }) => selection.has(id));
  const cells =
    picked.length > 0
      ? picked.map((row) => fields.map((each) => editableText(row, each)))
      : [[editableText(record, field)]];
  event.clipboardData.setData("text/plain", formatCells(cells));
  event.preventDefault();
}

/** One cell into one cell opens the editor, so that it can still be looked at; a block is saved. */
function onPaste(hands: GridHands, event: ClipboardEvent): void {
  if (!event.clipboardData) return;
  event.preventDefault();
  const cells = parseCells(event.clipboardData.getData("text/plain"));
  const isOne = cells.length === 1 && cells[0]!.length === 1;
  const picked = hands.rows.filter(({ id }) => hands.selection.has(id));
  if (isOne && picked.length === 0) hands.edit(hands.active, cells[0]![0]);
  else hands.onPaste(cells, picked.length > 0 ? picked : hands.rows.slice(hands.active.row));
}
