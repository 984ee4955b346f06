/** A node of the API's filter language, as it stands in the address. */
export type Filter =
  { and: Filter[] } | { or: Filter[] } | { not: Filter } | { field: string; op: string; value?: unknown };

/** All that makes a list: what the address holds is what one sees. */
export interface ListSearch {
  q?: string;
  sort?: string;
  filter?: Filter;
  /** Id of the record in the side panel. */
  open?: string;
  trashed?: true;
}

const SORT = /^-?[a-z_.]{1,80}$/;

export function validateListSearch(search: Record<string, unknown>): ListSearch {
  return {
    ...(typeof search.q === "string" && search.q && { q: search.q }),
    ...(typeof search.sort === "string" && SORT.test(search.sort) && { sort: search.sort }),
    ...(typeof search.filter === "object" && search.filter !== null && { filter: search.filter as Filter }),
    ...(typeof search.open === "string" && { open: search.open }),
    ...(search.trashed === true && { trashed: true as const }),
  };
}

/** The part of the search that the server answers; `open` changes nothing in the list. */
export function listParams({ q, sort, filter, trashed }: ListSearch) {
  return {
    ...(q && { q }),
    ...(sort && { sort }),
    ...(filter && { filter: JSON.stringify(filter) }),
    ...(trashed && { trashed: "true" as const }),
  };
}
