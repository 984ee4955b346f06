import { describe, expect, it } from "vitest";
import { columnsOfLayout, isSameLayout, layoutOfView, moveColumn, resizeColumn, toggleColumn } from "./columns";

const layout = { shown: ["name", "emails", "title"], widths: { emails: 300 } };

describe("the columns of a list", () => {
  it("go as a view and come back", () => {
    const columns = columnsOfLayout(layout);
    expect(columns[1]).toEqual({ field: "emails", width: 300 });
    expect(layoutOfView({ columns })).toEqual(layout);
  });

  it("move, but the pinned one stays first", () => {
    expect(moveColumn(layout, "title", 1).shown).toEqual(["name", "title", "emails"]);
    expect(moveColumn(layout, "title", 0).shown).toEqual(["name", "title", "emails"]);
    expect(moveColumn(layout, "name", 2)).toBe(layout);
    expect(moveColumn(layout, "emails", 9).shown).toEqual(["name", "title", "emails"]);
  });

  it("are hidden, and shown again at the end", () => {
    const hidden = toggleColumn(layout, "emails");
    expect(hidden.shown).toEqual(["name", "title"]);
    expect(toggleColumn(hidden, "emails").shown).toEqual(["name", "title", "emails"]);
  });

  it("keep to widths that can be used", () => {
    expect(resizeColumn(layout, "title", 3).widths.title).toBe(72);
    expect(resizeColumn(layout, "title", 99_999).widths.title).toBe(1200);
  });

  it("are compared by what is shown", () => {
    expect(isSameLayout(layout, { ...layout, widths: { ...layout.widths, gone: 9 } })).toBe(true);
    expect(isSameLayout(layout, resizeColumn(layout, "title", 200))).toBe(false);
  });
});
