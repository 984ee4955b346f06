import type { KeyboardEvent } from "react";

export interface Place {
  row: number;
  column: number;
}

interface Size {
  rows: number;
  columns: number;
  /** Rows that fit on the screen. */
  page: number;
}

/** Where a key leads in a grid, or null when it leads nowhere. `dir` turns the arrows around. */
export function step(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">,
  at: Place,
  size: Size,
  rtl = false,
): Place | null {
  const far = event.ctrlKey || event.metaKey;
  const to = (row: number, column: number): Place => ({
    row: Math.min(Math.max(row, 0), size.rows - 1),
    column: Math.min(Math.max(column, 0), size.columns - 1),
  });
  const forward = rtl ? -1 : 1;
  switch (event.key) {
    case "ArrowDown":
      return to(far ? size.rows - 1 : at.row + 1, at.column);
    case "ArrowUp":
      return to(far ? 0 : at.row - 1, at.column);
    case "ArrowRight":
      return to(at.row, far ? (size.columns - 1) * Number(!rtl) : at.column + forward);
    case "ArrowLeft":
      return to(at.row, far ? (size.columns - 1) * Number(rtl) : at.column - forward);
    case "PageDown":
      return to(at.row + size.page, at.column);
    case "PageUp":
      return to(at.row - size.page, at.column);
    case "Home":
      return far ? to(0, 0) : to(at.row, 0);
    case "End":
      return far ? to(size.rows - 1, size.columns - 1) : to(at.row, size.columns - 1);
    default:
      return null;
  }
}

/** A key that begins a text: typing in a cell replaces what is there. Space selects; "/" and "?" stay the app's. */
export function isTypedCharacter(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): boolean {
  return [...event.key].length === 1 && !/[ /?]/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** Where the hand goes after an edit: Enter leads down, Tab to the side. */
export function nextPlace(
  { row, column }: Place,
  move: "down" | "next" | "previous" | null,
  { rows, columns }: Pick<Size, "rows" | "columns">,
): Place {
  switch (move) {
    case "down":
      return { row: Math.min(row + 1, rows - 1), column };
    case "next":
      return { row, column: Math.min(column + 1, columns - 1) };
    case "previous":
      return { row, column: Math.max(column - 1, 0) };
    default:
      return { row, column };
  }
}
