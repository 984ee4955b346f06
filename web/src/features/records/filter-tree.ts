import type { Clause, Filter } from "./list-search";

/** All, any, or none of the conditions inside have to hold. */
export type Mode = "all" | "any" | "none";

export interface Group {
  mode: Mode;
  children: Node[];
}

export type Node = Group | Clause;

/** Place of a node: the index among the children, level by level. */
export type Path = readonly number[];

/** The API takes no more than this. */
export const DEPTH_MAX = 5;
export const CLAUSES_MAX = 30;

export function isGroup(node: Node): node is Group {
  return "children" in node;
}

/** A filter as the editor shows it: always a group at the top. */
export function treeOf(filter: Filter | undefined): Group {
  if (!filter) return { mode: "all", children: [] };
  const node = nodeOf(filter);
  return isGroup(node) ? node : { mode: "all", children: [node] };
}

function nodeOf(filter: Filter): Node {
  if ("and" in filter) return { mode: "all", children: filter.and.map(nodeOf) };
  if ("or" in filter) return { mode: "any", children: filter.or.map(nodeOf) };
  if (!("not" in filter)) return filter;
  // not (a or b) is "none of a, b"; not (a and b) is "none of: all of a, b".
  const inner = nodeOf(filter.not);
  return isGroup(inner) && inner.mode === "any" ? { ...inner, mode: "none" } : { mode: "none", children: [inner] };
}

/** The filter of a tree; groups that are empty say nothing. */
export function filterOf(node: Node): Filter | undefined {
  if (!isGroup(node)) return node;
  const parts = node.children.flatMap((child) => filterOf(child) ?? []);
  const first = parts[0];
  if (!first) return undefined;
  if (node.mode === "none") return { not: parts.length > 1 ? { or: parts } : first };
  if (parts.length === 1) return first;
  return node.mode === "all" ? { and: parts } : { or: parts };
}

export function countClauses(node: Node): number {
  return isGroup(node) ? node.children.reduce((sum, child) => sum + countClauses(child), 0) : 1;
}

/** Levels as the API counts them. */
export function depthOf(filter: Filter | undefined): number {
  if (!filter) return 0;
  if ("and" in filter) return 1 + Math.max(0, ...filter.and.map(depthOf));
  if ("or" in filter) return 1 + Math.max(0, ...filter.or.map(depthOf));
  if ("not" in filter) return 1 + depthOf(filter.not);
  return 1;
}

/** The tree with the node at `path` changed; null takes it away. */
export function changeAt(tree: Group, path: Path, change: (node: Node) => Node | null): Group {
  const [index, ...rest] = path;
  if (index === undefined) {
    const changed = change(tree);
    return changed && isGroup(changed) ? changed : { ...tree, children: [] };
  }
  const child = tree.children[index];
  if (!child) return tree;
  const next = rest.length === 0 ? change(child) : isGroup(child) ? changeAt(child, rest, change) : child;
  return { ...tree, children: next ? tree.children.with(index, next) : tree.children.toSpliced(index, 1) };
}

/** The tree with a node more in the group at `path`. */
export function addAt(tree: Group, path: Path, node: Node): Group {
  return changeAt(tree, path, (group) => (isGroup(group) ? { ...group, children: [...group.children, node] } : group));
}
