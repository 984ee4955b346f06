import { describe, expect, it } from "vitest";
import { patchOfText } from "./cell-text";
import type { CrmRecord, FieldKind, RecordField } from "./record";

const record = {
  name: "Ada Lovelace",
  first_name: "Ada",
  last_name: "Lovelace",
  emails: [
    { value: "old@example.org", label: "home", primary: false },
    { value: "ada@example.org", label: "work", primary: true },
  ],
  tags: ["vip"],
  address: { city: "Rome" },
  custom: { age: 36 },
} as unknown as CrmRecord;

const field = (key: string, kind: FieldKind): RecordField => ({ key, kind, label: key, width: 1 });

describe("the patch of a text", () => {
  it.each<[string, FieldKind, string, object | null]>([
    ["address.city", "text", "Oslo", { address: { city: "Oslo" } }],
    ["address.city", "text", " Rome ", null],
    ["address.city", "text", "", { address: { city: null } }],
    ["name", "person_name", "Ada King Noel", { first_name: "Ada King", last_name: "Noel" }],
    ["name", "person_name", "Plato", { first_name: "Plato", last_name: null }],
    ["tags", "tags", "vip, new; vip", { tags: ["vip", "new"] }],
    ["tags", "tags", "vip", null],
    ["custom.age", "number", "1 234,5", { custom: { age: 1234.5 } }],
    ["custom.age", "number", "36", null],
    ["custom.age", "number", "", { custom: { age: null } }],
    ["custom.age", "number", "old", { custom: { age: "old" } }],
    ["custom.member", "boolean", "yes", { custom: { member: true } }],
    ["custom.member", "boolean", "N", { custom: { member: false } }],
  ])("%s as %s: %j", (key, kind, text, patch) => {
    expect(patchOfText(record, field(key, kind), text)).toEqual(patch);
  });

  it("replaces the primary e-mail alone", () => {
    expect(patchOfText(record, field("emails", "emails"), "a@l.org")).toEqual({
      emails: [record["emails" as never][0], { value: "a@l.org", label: "work", primary: true }],
    });
    expect(patchOfText(record, field("emails", "emails"), "")).toEqual({ emails: [record["emails" as never][0]] });
  });
});
