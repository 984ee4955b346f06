import { describe, expect, it } from "vitest";
import { movedCell } from "./grid-move";

describe("movedCell", () => {
  const at = (row: number, column: number, key: string) => movedCell({ row, column }, key, 3, 4);

  it("goes one cell on, or to the line's ends", () => {
    expect(at(1, 1, "ArrowDown")).toEqual({ row: 2, column: 1 });
    expect(at(1, 1, "ArrowLeft")).toEqual({ row: 1, column: 0 });
    expect(at(1, 1, "End")).toEqual({ row: 1, column: 3 });
  });

  it("stops at the edges, and leaves other keys alone", () => {
    expect([at(0, 0, "ArrowUp"), at(2, 3, "ArrowDown"), at(0, 3, "ArrowRight"), at(0, 0, "a")]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("follows the reading direction", () => {
    document.documentElement.dir = "rtl";
    expect(at(1, 1, "ArrowLeft")).toEqual({ row: 1, column: 2 });
    document.documentElement.dir = "ltr";
  });
});
