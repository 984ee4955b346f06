/** A node of the API's filter language, as it stands in the address. */
export type Filter = { and: Filter[] } | { or: Filter[] } | { not: Filter } | Clause;

export interface Clause {
  field: string;
  op: string;
  value?: unknown;
}

/** All that makes a list: what the address holds is what one sees. */
export interface ListSearch {
  q?: string | undefined;
  sort?: string | undefined;
  filter?: Filter | undefined;
  /** Id of the saved view; `sort` and `filter` beside it are changes to it that are not saved. */
  view?: string | undefined;
  /** Id of the record in the side panel. */
  open?: string | undefined;
  trashed?: true | undefined;
}

/** Says "no filter" where the view has one. */
export const NO_FILTER: Filter = { and: [] };

const SORT = /^-?[a-z0-9_.]{1,80}$/;

/** What does not fit is said as undefined: what is left out would stay as it came. */
export function validateListSearch({ q, sort, filter, view, open, trashed }: Record<string, unknown>): ListSearch {
  return {
    // A search for digits arrives as a number.
    q: typeof q === "string" || typeof q === "number" ? String(q) || undefined : undefined,
    sort: typeof sort === "string" && SORT.test(sort) ? sort : undefined,
    filter: typeof filter === "object" && filter !== null ? (filter as Filter) : undefined,
    view: typeof view === "string" ? view : undefined,
    open: typeof open === "string" ? open : undefined,
    trashed: trashed === true ? true : undefined,
  };
}

/** The part of the search that the server answers; `open` changes nothing in the list. */
export function listParams({ q, sort, filter, trashed }: ListSearch) {
  return {
    ...(q && { q }),
    ...(sort && { sort }),
    ...(filter && !isNoFilter(filter) && { filter: JSON.stringify(filter) }),
    ...(trashed && { trashed: "true" as const }),
  };
}

export function isNoFilter(filter: Filter | undefined): boolean {
  return filter === undefined || ("and" in filter && filter.and.length === 0);
}
