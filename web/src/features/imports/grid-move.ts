export interface Cell {
  row: number;
  column: number;
}

/** Where a key leads inside `rows` by `columns`; null where it leads nowhere. */
export function movedCell({ row, column }: Cell, key: string, rows: number, columns: number): Cell | null {
  const inline = document.documentElement.dir === "rtl" ? -1 : 1;
  const steps: Record<string, Cell> = {
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    ArrowLeft: { row, column: column - inline },
    ArrowRight: { row, column: column + inline },
    Home: { row, column: 0 },
    End: { row, column: columns - 1 },
  };
  const next = steps[key];
  const isInside = next && next.row >= 0 && next.row < rows && next.column >= 0 && next.column < columns;
  return isInside ? next : null;
}
