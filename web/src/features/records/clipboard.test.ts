import { describe, expect, it } from "vitest";
import { formatCells, parseCells } from "./clipboard";

describe("cells on the clipboard", () => {
  it("are read as a spreadsheet writes them", () => {
    expect(parseCells("Ada\tada@example.org\r\nBob\t\r\n")).toEqual([
      ["Ada", "ada@example.org"],
      ["Bob", ""],
    ]);
    expect(parseCells("one")).toEqual([["one"]]);
    expect(parseCells("")).toEqual([[""]]);
  });

  it("may hold lines, tabs and quotes", () => {
    expect(parseCells('"a\nb"\t"say ""hi"""\nc\td')).toEqual([
      ["a\nb", 'say "hi"'],
      ["c", "d"],
    ]);
  });

  it("take a lone quote as it is", () => {
    expect(parseCells('5" pipe\t"open')).toEqual([['5" pipe', '"open']]);
  });

  it.each([
    [
      [
        ["a\tb", 'c"d'],
        ["", "e\nf"],
      ],
    ],
    [[['"quoted"', "plain"]]],
  ])("come back as they were: %j", (rows) => {
    expect(parseCells(formatCells(rows))).toEqual(rows);
  });
});
