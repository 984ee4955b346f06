import { describe, expect, it } from "vitest";
import type { View } from "@/api/types";
import { NO_FILTER } from "./list-search";
import { effectiveSearch, isViewChanged } from "./views";

const vip = { field: "tags", op: "has", value: "vip" };
const rome = { field: "address.city", op: "eq", value: "Rome" };
const view = { id: "v", sort: "name", filter: vip } as unknown as View;

describe("a saved view and the address", () => {
  it("shows the view as it is saved", () => {
    expect(effectiveSearch({ view: "v" }, view)).toEqual({ view: "v", sort: "name", filter: vip });
    expect(isViewChanged({ view: "v" }, view)).toBe(false);
  });

  it("lets the address win", () => {
    expect(effectiveSearch({ view: "v", sort: "-name", filter: rome }, view)).toMatchObject({
      sort: "-name",
      filter: rome,
    });
    expect(isViewChanged({ sort: "-name" }, view)).toBe(true);
    expect(isViewChanged({ filter: rome }, view)).toBe(true);
  });

  it("can show all where the view has a filter", () => {
    expect(effectiveSearch({ filter: NO_FILTER }, view).filter).toBeUndefined();
    expect(isViewChanged({ filter: NO_FILTER }, view)).toBe(true);
  });

  it("is unchanged by an address that says the same", () => {
    expect(isViewChanged({ sort: "name", filter: { ...vip } }, view)).toBe(false);
    expect(isViewChanged({ filter: NO_FILTER }, undefined)).toBe(false);
  });
});
