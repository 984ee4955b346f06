import { i18n } from "@lingui/core";
import { plural, t } from "@lingui/core/macro";
import { formatDay, formatNumber } from "@/lib/format";
import { labelOf, pathLabel } from "./fields";
import { fieldOfFilter, operatorOf } from "./filter-operators";
import { countClauses, isGroup, type Node } from "./filter-tree";
import type { Clause } from "./list-search";
import type { RecordField } from "./record";
import { useShownValue } from "./values";

/** A condition in words: "City contains Rome". */
export function useClauseText(fields: readonly RecordField[]): (node: Node) => string {
  const shown = useShownValue();
  return (node) => {
    if (isGroup(node)) return groupText(node.mode, countClauses(node));
    const field = fieldOfFilter(fields, node.field);
    if (!field) return [pathLabel(fields, node.field), node.op, shown(node.field, node.value)].join(" ");
    const operator = operatorOf(field, node);
    const value = operator?.value === "none" ? "" : valueText(field, node, shown);
    return [labelOf(field), operator ? i18n._(operator.label) : node.op, value].filter(Boolean).join(" ");
  };
}

function groupText(mode: "all" | "any" | "none", count: number): string {
  if (mode === "all") return plural(count, { one: "# condition", other: "All of # conditions" });
  if (mode === "any") return plural(count, { one: "# condition", other: "Any of # conditions" });
  return plural(count, { one: "Not # condition", other: "None of # conditions" });
}

function valueText(field: RecordField, { op, value }: Clause, shown: (key: string, value: unknown) => string): string {
  if (op === "last_days" || op === "next_days") return formatNumber(Number(value));
  const one = (part: unknown) => {
    if (field.kind === "date" || field.kind === "instant") return formatDay(String(part));
    if (field.kind === "number") return formatNumber(Number(part));
    return shown(field.key, part);
  };
  if (!Array.isArray(value)) return one(value);
  const [from, to] = value as unknown[];
  return op === "between" ? t`${{ from: one(from) }} and ${{ to: one(to) }}` : value.map(one).join(", ");
}
