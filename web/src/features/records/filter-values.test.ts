import { describe, expect, it } from "vitest";
import { operatorOf, operatorsOf } from "./filter-operators";
import { clauseOf, draftOf } from "./filter-values";

const operator = (kind: "text" | "number" | "date" | "instant" | "tags" | "boolean", id: string) =>
  operatorsOf({ kind }).find((each) => each.id === id)!;

describe("the clause of a form", () => {
  it("is typed as the field is", () => {
    expect(clauseOf("custom.age", { kind: "number" }, operator("number", "gte"), ["7.5"])).toEqual({
      field: "custom.age",
      op: "gte",
      value: 7.5,
    });
    expect(clauseOf("custom.member", { kind: "boolean" }, operator("boolean", "eq"), ["false"])?.value).toBe(false);
    expect(clauseOf("tags", { kind: "tags" }, operator("tags", "has_any"), ["a", "b"])?.value).toEqual(["a", "b"]);
    expect(clauseOf("birthday", { kind: "date" }, operator("date", "last_days"), ["30"])?.value).toBe(30);
  });

  it("is none while a value is missing", () => {
    expect(clauseOf("title", { kind: "text" }, operator("text", "contains"), [" "])).toBeNull();
    expect(clauseOf("custom.age", { kind: "number" }, operator("number", "between"), ["1"])).toBeNull();
    expect(clauseOf("custom.age", { kind: "number" }, operator("number", "eq"), ["many"])).toBeNull();
  });

  it("tells empty from filled by the value", () => {
    const filled = clauseOf("title", { kind: "text" }, operator("text", "filled"), []);
    expect(filled).toEqual({ field: "title", op: "empty", value: false });
    expect(operatorOf({ kind: "text" }, filled!)?.id).toBe("filled");
    expect(operatorOf({ kind: "text" }, { field: "title", op: "empty" })?.id).toBe("empty");
  });

  it("means whole days where a moment is stored, and shows them again", () => {
    const clause = clauseOf("created_at", { kind: "instant" }, operator("instant", "between"), [
      "2026-03-01",
      "2026-03-02",
    ])!;
    const [from, to] = clause.value as [string, string];
    expect(Date.parse(to) - Date.parse(from)).toBe(2 * 86_400_000 - 1);
    expect(draftOf({ kind: "instant" }, clause)).toEqual(["2026-03-01", "2026-03-02"]);
  });
});
