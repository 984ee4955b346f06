import { describe, expect, it } from "vitest";
import { NOTHING_PICKED, pickRow } from "./selection";

const rows = ["a", "b", "c", "d", "e"];
const idAt = (index: number) => rows[index];
const pick = (...steps: [index: number, range: boolean][]) =>
  steps.reduce((picked, [index, range]) => pickRow(picked, index, range, idAt), NOTHING_PICKED);

describe("picking rows", () => {
  it("takes a row in, and out again", () => {
    expect([...pick([1, false]).ids]).toEqual(["b"]);
    expect([...pick([1, false], [1, false]).ids]).toEqual([]);
  });

  it("spans from the anchor, in both directions, and again from the same", () => {
    expect([...pick([3, false], [1, true]).ids].sort()).toEqual(["b", "c", "d"]);
    expect([...pick([1, false], [2, true], [4, true]).ids].sort()).toEqual(["b", "c", "d", "e"]);
  });

  it("leaves what was picked before a span", () => {
    expect([...pick([0, false], [2, false], [3, true]).ids].sort()).toEqual(["a", "c", "d"]);
  });

  it("does nothing where no row is loaded", () => {
    expect(pick([9, false])).toBe(NOTHING_PICKED);
  });
});
