import { describe, expect, test } from "vitest";
import { conflictsOf, inversePatch, isSame, mergePatch, withoutMember } from "./merge-patch";

const ADA = { title: "Engineer", tags: ["vip"], address: { city: "London", street: null as string | null } };

describe("mergePatch", () => {
  test("merges objects, replaces lists, clears with null", () => {
    const patched = mergePatch(ADA, { title: null, tags: ["lead"], address: { street: "Main St" } });
    expect(patched).toEqual({ title: null, tags: ["lead"], address: { city: "London", street: "Main St" } });
    expect(ADA.address.street).toBeNull();
  });

  test("is taken back by its inverse", () => {
    const patch = { title: "CTO", address: { city: "Paris" } };
    expect(mergePatch(mergePatch(ADA, patch), inversePatch(ADA, patch))).toEqual(ADA);
  });
});

describe("conflictsOf", () => {
  test("different members merge by themselves, in objects too", () => {
    const latest = { ...ADA, tags: [], address: { city: "London", street: "Elm St" } };
    expect(conflictsOf(ADA, latest, { title: "CTO", address: { city: "Paris" } })).toEqual([]);
  });

  test("the same member shows original, yours and theirs", () => {
    const latest = { ...ADA, address: { city: "Rome", street: null } };
    expect(conflictsOf(ADA, latest, { address: { city: "Paris" } })).toEqual([
      { path: ["address", "city"], original: "London", yours: "Paris", theirs: "Rome" },
    ]);
  });

  test("both wrote the same: nothing to ask", () => {
    expect(conflictsOf(ADA, { ...ADA, title: "CTO" }, { title: "CTO" })).toEqual([]);
  });
});

test("withoutMember drops a member, and the object that it leaves empty", () => {
  const patch = { title: "CTO", address: { city: "Paris" } };
  expect(withoutMember(patch, ["address", "city"])).toEqual({ title: "CTO" });
});

test("null and absent are the same value", () => {
  expect(isSame({ a: null }, {})).toBe(true);
  expect(isSame([{ value: "x" }], [{ value: "y" }])).toBe(false);
});
