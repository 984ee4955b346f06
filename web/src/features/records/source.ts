import type { CrmRecord, RecordPatch } from "./record";

export interface RecordPage {
  items: CrmRecord[];
  next_cursor: string | null;
  total?: number;
}

export interface ListParams {
  q?: string;
  sort?: string;
  filter?: string;
  trashed?: "true";
  limit?: number;
  cursor?: string;
  count?: "exact";
}

/** Changed, and the operation that it was, for Undo. */
export interface Changed<T> {
  value: T;
  operationId: string | null;
}

export type BulkAction =
  | { action: "trash" | "restore" }
  | { action: "add_tag" | "remove_tag"; tag: string }
  | { action: "assign"; owner_id: string | null }
  | { action: "set"; values: RecordPatch };

/** The records of a bulk change: named, or all that a list shows. */
export type Chosen = { ids: string[] } | { filter: object | null; q: string | null };

export interface BulkOutcome {
  operation_id: string;
  matched: number;
  /** Null while the server is still at it. */
  changed: number | null;
}

export interface HistoryItem {
  id: string;
  at: string;
  verb: string;
  actor: { id: string | null; name: string | null };
  version: number;
  changes: { field: string; from: unknown; to: unknown }[];
  operation_id: string;
}

/** Where records of one kind come from and go to: the calls of the API, and the name under which they are cached. */
export interface Source {
  noun: "contact" | "company";
  key: "contacts" | "companies";
  list: (params: ListParams, signal: AbortSignal) => Promise<RecordPage>;
  get: (id: string, signal?: AbortSignal) => Promise<CrmRecord>;
  patch: (id: string, version: number, patch: RecordPatch) => Promise<Changed<CrmRecord>>;
  trash: (id: string) => Promise<Changed<null>>;
  restore: (id: string) => Promise<Changed<CrmRecord>>;
  bulk: (change: BulkAction & Chosen) => Promise<BulkOutcome>;
  history: (
    id: string,
    cursor: string | null,
    signal: AbortSignal,
  ) => Promise<{ items: HistoryItem[]; next_cursor: string | null }>;
}
