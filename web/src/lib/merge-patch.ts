export type Json = unknown;
type Members = Record<string, Json>;

function isObject(value: Json): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** RFC 7396 as our API reads it: objects merge, lists are replaced, null clears a member (which then reads null). */
export function mergePatch<T extends object>(target: T, patch: object): T {
  const result: Members = { ...(target as Members) };
  for (const [key, value] of Object.entries(patch)) {
    result[key] = isObject(value) ? mergePatch(isObject(result[key]) ? result[key] : {}, value) : value;
  }
  return result as T;
}

/** What takes `patch` back from a record that was `before`. */
export function inversePatch(before: object, patch: object): Members {
  const inverse: Members = {};
  for (const [key, value] of Object.entries(patch)) {
    const was = (before as Members)[key];
    inverse[key] = isObject(value) && isObject(was) ? inversePatch(was, value) : (was ?? null);
  }
  return inverse;
}

/** Equal as JSON; null and absent are the same. */
export function isSame(a: Json, b: Json): boolean {
  if ((a ?? null) === (b ?? null)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]));
}

export interface Conflict {
  /** Path of the member: ["address", "city"]. */
  path: string[];
  original: Json;
  yours: Json;
  theirs: Json;
}

/**
 * Members that `patch` changes and that somebody else changed meanwhile, to something else.
 * What only one side changed merges by itself.
 */
export function conflictsOf(before: object, latest: object, patch: object, path: string[] = []): Conflict[] {
  return Object.entries(patch).flatMap(([key, yours]) => {
    const original = (before as Members)[key];
    const theirs = (latest as Members)[key];
    if (isObject(yours)) {
      return conflictsOf(isObject(original) ? original : {}, isObject(theirs) ? theirs : {}, yours, [...path, key]);
    }
    if (isSame(original, theirs) || isSame(yours, theirs)) return [];
    return [{ path: [...path, key], original, yours, theirs }];
  });
}

/** `patch` without the member at `path`. */
export function withoutMember(patch: object, [key, ...rest]: string[]): Members {
  const { [key!]: member, ...others } = patch as Members;
  if (rest.length === 0 || !isObject(member)) return others;
  const inner = withoutMember(member, rest);
  return Object.keys(inner).length > 0 ? { ...others, [key!]: inner } : others;
}
