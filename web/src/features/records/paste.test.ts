import { describe, expect, it } from "vitest";
import { patchesOf } from "./paste";
import type { CrmRecord, RecordField } from "./record";

const field = (key: string, kind: RecordField["kind"] = "text"): RecordField => ({ key, kind, label: key, width: 1 });
const row = (id: string) => ({ id, title: null, address: {}, owner_id: null }) as unknown as CrmRecord;
const rows = [row("a"), row("b"), row("c")];
const fields = [field("title"), field("owner_id", "owner"), field("address.city")];

describe("a block of cells", () => {
  it("goes into the cells under and beside the first, as far as both reach", () => {
    const cells = [
      ["Boss", "nobody", "Rome"],
      ["", "", "Oslo", "beyond"],
    ];
    expect(patchesOf(cells, rows, fields)).toEqual([
      { record: rows[0], patch: { title: "Boss", address: { city: "Rome" } } },
      { record: rows[1], patch: { address: { city: "Oslo" } } },
    ]);
  });

  it("fills every row where it is a single cell", () => {
    expect(patchesOf([["Boss"]], rows, fields).map(({ patch }) => patch)).toEqual(Array(3).fill({ title: "Boss" }));
  });
});
