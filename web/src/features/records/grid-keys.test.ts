import { expect, test } from "vitest";
import { isTypedCharacter, step } from "./grid-keys";

const SIZE = { rows: 100, columns: 5, page: 20 };
const AT = { row: 10, column: 2 };
const key = (name: string, held: { ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean } = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

test.each([
  ["ArrowDown", { row: 11, column: 2 }],
  ["ArrowLeft", { row: 10, column: 1 }],
  ["PageDown", { row: 30, column: 2 }],
  ["Home", { row: 10, column: 0 }],
  ["End", { row: 10, column: 4 }],
])("%s", (name, expected) => {
  expect(step(key(name), AT, SIZE)).toEqual(expected);
});

test("the edges hold, Ctrl goes to them", () => {
  expect(step(key("ArrowUp"), { row: 0, column: 0 }, SIZE)).toEqual({ row: 0, column: 0 });
  expect(step(key("ArrowDown", { ctrlKey: true }), AT, SIZE)).toEqual({ row: 99, column: 2 });
  expect(step(key("End", { metaKey: true }), AT, SIZE)).toEqual({ row: 99, column: 4 });
});

test("from right to left the arrows point the other way", () => {
  expect(step(key("ArrowLeft"), AT, SIZE, true)).toEqual({ row: 10, column: 3 });
  expect(step(key("ArrowRight", { ctrlKey: true }), AT, SIZE, true)).toEqual({ row: 10, column: 0 });
});

test("typing begins with a character, not with a command or the space bar", () => {
  expect(isTypedCharacter(key("é"))).toBe(true);
  expect(isTypedCharacter(key("👍"))).toBe(true);
  expect(isTypedCharacter(key("c", { ctrlKey: true }))).toBe(false);
  expect(isTypedCharacter(key(" "))).toBe(false);
  expect(isTypedCharacter(key("F2"))).toBe(false);
});
