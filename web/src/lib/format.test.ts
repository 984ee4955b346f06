import { expect, test } from "vitest";
import { daysFromToday, formatAgo, formatDay } from "./format";

const NOW = Date.parse("2026-11-24T12:00:00Z");

test.each([
  ["2026-11-24T11:59:40Z", "now"],
  ["2026-11-24T11:55:00Z", "5 min. ago"],
  ["2026-11-23T10:00:00Z", "yesterday"],
  ["2026-09-01T12:00:00Z", "Sep 1"],
])("%s was %s", (at, expected) => {
  expect(formatAgo(at, NOW)).toBe(expected);
});

test("a day is the same day in every time zone", () => {
  expect(formatDay("1990-03-14")).toBe("Mar 14, 1990");
  expect(daysFromToday("2026-11-24", new Date(2026, 10, 24, 23, 59))).toBe(0);
  expect(daysFromToday("2026-11-23", new Date(2026, 10, 24, 0, 1))).toBe(-1);
});
