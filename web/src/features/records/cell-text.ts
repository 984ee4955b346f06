import { type CrmRecord, type Line, patchAt, type RecordField, type RecordPatch, valueAt, withPrimary } from "./record";
import { editableText } from "./values";

/** The patch that a text typed or pasted into a cell stands for; null when it says nothing new. */
export function patchOfText(record: CrmRecord, field: RecordField, text: string): RecordPatch | null {
  const value = text.trim();
  if (value === editableText(record, field)) return null;
  switch (field.kind) {
    case "emails":
    case "phones":
      return patchAt(field.key, withPrimary(valueAt(record, field.key) as Line[], value));
    case "person_name":
      return namePatch(value);
    case "tags":
    case "multi_select":
      return patchAt(field.key, listOf(value));
    case "number":
      return patchAt(field.key, value === "" ? null : numberOf(value));
    case "boolean":
      return patchAt(field.key, booleanOf(value));
    default:
      return patchAt(field.key, value || null);
  }
}

/** Fields that a text can fill without asking anybody; an owner or a company is an id, found by choosing. */
export function takesText({ kind, readOnly }: RecordField): boolean {
  return !readOnly && !["owner", "company", "links", "address", "instant"].includes(kind);
}

/** "Ada King Lovelace" is Ada King, Lovelace. */
function namePatch(name: string): RecordPatch {
  const words = name.split(/\s+/).filter(Boolean);
  const last = words.length > 1 ? words.pop() : null;
  return { first_name: words.join(" ") || null, last_name: last ?? null };
}

function listOf(text: string): string[] {
  return [...new Set(text.split(/[,;]/).map((part) => part.trim()))].filter(Boolean);
}

/** What is no number is sent as it was typed: the server says what is wrong with it. */
function numberOf(text: string): number | string {
  const plain = text.replace(/[\s'_]/g, "").replace(/^([+-]?\d+),(\d+)$/, "$1.$2");
  const value = Number(plain);
  return Number.isFinite(value) ? value : text;
}

const TRUE = /^(true|yes|y|1|x|✓)$/i;
const FALSE = /^(false|no|n|0)$/i;

function booleanOf(text: string): boolean | string | null {
  if (text === "") return null;
  return TRUE.test(text) ? true : FALSE.test(text) ? false : text;
}
