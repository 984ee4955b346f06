import { expect, test } from "vitest";
import { rank } from "./rank";

const NAMES = ["New person", "Person page", "Zoë Person", "Sign out"];

test("a beginning before a word before a part; accents and case don't matter", () => {
  expect(rank(NAMES, "person", (name) => name)).toEqual(["Person page", "New person", "Zoë Person"]);
  expect(rank(NAMES, "ZOE pers", (name) => name)).toEqual(["Zoë Person"]);
  expect(rank(NAMES, "xyz", (name) => name)).toEqual([]);
});

test("nothing typed keeps all in their order", () => {
  expect(rank(NAMES, " ", (name) => name)).toEqual(NAMES);
});
