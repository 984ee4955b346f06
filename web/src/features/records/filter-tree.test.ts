import { describe, expect, it } from "vitest";
import { addAt, changeAt, countClauses, depthOf, filterOf, type Group, treeOf } from "./filter-tree";
import type { Filter } from "./list-search";

const vip = { field: "tags", op: "has", value: "vip" };
const rome = { field: "address.city", op: "eq", value: "Rome" };
const oslo = { field: "address.city", op: "eq", value: "Oslo" };

describe("a filter in the editor", () => {
  it.each<Filter>([
    vip,
    { and: [vip, rome] },
    { or: [rome, oslo] },
    { not: vip },
    { not: { or: [rome, oslo] } },
    { not: { and: [vip, rome] } },
    { and: [vip, { or: [rome, { not: { or: [oslo, vip] } }] }] },
  ])("comes out as it went in: %j", (filter) => {
    expect(filterOf(treeOf(filter))).toEqual(filter);
  });

  it("is nothing where every group is empty", () => {
    const tree: Group = { mode: "all", children: [{ mode: "any", children: [] }] };
    expect(filterOf(tree)).toBeUndefined();
    expect(treeOf(undefined)).toEqual({ mode: "all", children: [] });
  });

  it("counts clauses and levels as the API does", () => {
    const filter: Filter = { and: [vip, { not: { or: [rome, oslo] } }] };
    expect(countClauses(treeOf(filter))).toBe(3);
    expect(depthOf(filter)).toBe(4);
    expect(depthOf(undefined)).toBe(0);
  });
});

describe("changing a tree", () => {
  const tree = treeOf({ and: [vip, { or: [rome, oslo] }] });

  it("replaces the node at a path and leaves the others", () => {
    expect(filterOf(changeAt(tree, [1, 0], () => vip))).toEqual({ and: [vip, { or: [vip, oslo] }] });
    expect(filterOf(tree)).toEqual({ and: [vip, { or: [rome, oslo] }] });
  });

  it("takes a node away", () => {
    expect(filterOf(changeAt(tree, [1, 1], () => null))).toEqual({ and: [vip, rome] });
  });

  it("adds to a group inside", () => {
    expect(filterOf(addAt(tree, [1], vip))).toEqual({ and: [vip, { or: [rome, oslo, vip] }] });
    expect(filterOf(addAt(tree, [], oslo))).toEqual({ and: [vip, { or: [rome, oslo] }, oslo] });
  });

  it("stays as it is where nothing stands at the path", () => {
    expect(changeAt(tree, [7], () => null)).toEqual(tree);
  });
});
