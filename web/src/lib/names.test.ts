import { expect, test } from "vitest";
import { initials } from "./names";

test.each([
  ["Ada Lovelace", "AL"],
  ["ludwig van beethoven", "LB"],
  ["李", "李"],
  ["  ", "?"],
  ["(none) - 7eleven", "N7"],
  ["👩‍🚀 Ann", "👩‍🚀A"],
])("%s is %s", (name, expected) => {
  expect(initials(name)).toBe(expected);
});
