import { describe, expect, it } from "vitest";
import { listParams, NO_FILTER, validateListSearch } from "./list-search";

describe("the address of a list", () => {
  it("takes what fits and says undefined for the rest", () => {
    const filter = { field: "tags", op: "has", value: "vip" };
    expect(validateListSearch({ q: 42, sort: "-custom.tier2", filter, trashed: true, view: 7 })).toEqual({
      q: "42",
      sort: "-custom.tier2",
      filter,
      trashed: true,
    });
    expect(validateListSearch({ q: "", sort: "name; drop", filter: "x", trashed: "yes" })).toEqual({});
  });

  it("sends the server only what it answers", () => {
    expect(listParams({ q: "ada", open: "id", view: "id", filter: NO_FILTER })).toEqual({ q: "ada" });
    expect(listParams({ trashed: true, filter: { or: [] } })).toEqual({ trashed: "true", filter: '{"or":[]}' });
  });
});
