/** Cells as spreadsheets put them on the clipboard: tabs between cells, lines between rows. */

/** Rows of cells; a quoted cell may hold tabs, lines and doubled quotes. */
export function parseCells(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at <= text.length) {
    const [cell, end] = text[at] === '"' ? quoted(text, at) : plain(text, at);
    rows.at(-1)!.push(cell);
    if (end >= text.length) break;
    if (text[end] === "\t") at = end + 1;
    else {
      at = end + (text.startsWith("\r\n", end) ? 2 : 1);
      // The line break at the end closes the last row; it begins none.
      if (at >= text.length) break;
      rows.push([]);
    }
  }
  return rows;
}

function plain(text: string, from: number): [string, number] {
  const length = text.slice(from).search(/[\t\r\n]/);
  const end = length < 0 ? text.length : from + length;
  return [text.slice(from, end), end];
}

function quoted(text: string, from: number): [string, number] {
  const match = /^"((?:[^"]|"")*)"(?=[\t\r\n]|$)/.exec(text.slice(from));
  // A quote that is never closed is a character like others.
  if (!match) return plain(text, from);
  return [match[1]!.replaceAll('""', '"'), from + match[0].length];
}

export function formatCells(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(cell).join("\t")).join("\n");
}

function cell(text: string): string {
  return /[\t\r\n]|^"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
