import { expect, test } from "vitest";
import type { TimelineItem } from "@/api/types";
import { fold, groupBy } from "./fold";

function change(id: string, at: string, actorId = "ann", verb = "contact.changed"): TimelineItem {
  return {
    id,
    at: `2026-11-24T${at}:00Z`,
    kind: "change",
    noun: "contact",
    record_id: "r",
    verb,
    actor: { id: actorId, name: actorId },
    contact_id: "r",
    version: 1,
    changes: [{ field: "title", from: null, to: id }],
    operation_id: null,
    operation_kind: null,
    summary: null,
    event: null,
  };
}

test("edits of one person in a row are one entry; another's, a pause and another verb begin a new one", () => {
  const items = [
    change("5", "10:09"),
    change("4", "10:05"),
    change("3", "10:04", "bob"),
    change("2", "10:03"),
    change("1", "09:00"),
    change("0", "08:59", "ann", "contact.created"),
  ];
  expect(fold(items).map((entry) => entry.items.map(({ id }) => id))).toEqual([["5", "4"], ["3"], ["2"], ["1"], ["0"]]);
});

test("groups keep their order and come again when they come again", () => {
  const groups = groupBy([1, 3, 2, 5], (n) => (n % 2 ? "odd" : "even"));
  expect(groups).toEqual([
    { heading: "odd", items: [1, 3] },
    { heading: "even", items: [2] },
    { heading: "odd", items: [5] },
  ]);
});
