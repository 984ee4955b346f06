import { infiniteQueryOptions, type InfiniteData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, callHeaders } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Import, ImportRow } from "@/api/types";
import { newKey } from "@/lib/ids";

export type Outcome = "create" | "update" | "skip" | "conflict" | "invalid";

export const importsQuery = queryOptions({
  queryKey: ["imports", "newest"],
  queryFn: async ({ signal }) =>
    (await api.GET("/api/v1/imports", { params: { query: { limit: 10 } }, signal })).data!.items,
});

const WORKING = ["checking", "running"];

/** Asked again while the server works on it, so that progress survives closing the tab. */
export function importQuery(id: string) {
  return queryOptions({
    queryKey: ["imports", "one", id],
    queryFn: async ({ signal }): Promise<Import> =>
      (await api.GET("/api/v1/imports/{import_id}", { params: { path: { import_id: id } }, signal })).data!,
    refetchInterval: (query) => (WORKING.includes(query.state.data?.status ?? "") ? 500 : false),
  });
}

export function importRowsQuery(id: string, outcome: Outcome) {
  return infiniteQueryOptions({
    queryKey: ["imports", "rows", id, outcome],
    queryFn: async ({ pageParam, signal }): Promise<{ items: ImportRow[]; next_cursor: string | null }> => {
      const query = { outcome, limit: 200, ...(pageParam && { cursor: pageParam }) };
      return (await api.GET("/api/v1/imports/{import_id}/rows", { params: { path: { import_id: id }, query }, signal }))
        .data!;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    meta: { persist: false },
  });
}

type RowPages = InfiniteData<{ items: ImportRow[]; next_cursor: string | null }, string | null>;

/**
 * Another text for one cell. Shown at once; the server's word on the whole row takes its place.
 * The row stays in the list that is on screen, whatever it would do now; counts and the other lists are read anew.
 */
export async function mendCell(
  queryClient: QueryClient,
  importId: string,
  shownIn: Outcome,
  row: ImportRow,
  column: string,
  text: string,
): Promise<void> {
  const { queryKey } = importRowsQuery(importId, shownIn);
  const write = (next: ImportRow) =>
    queryClient.setQueryData<RowPages>(
      queryKey,
      (data) =>
        data && {
          ...data,
          pages: data.pages.map((page) => ({
            ...page,
            items: page.items.map((each) => (each.row === next.row ? next : each)),
          })),
        },
    );
  const columns = queryClient.getQueryData(importQuery(importId).queryKey)?.columns ?? [];
  const cells = columns.map(({ name }, index) => (name === column ? text : (row.cells[index] ?? "")));
  write({ ...row, cells, errors: row.errors.filter((fault) => fault.column !== column) });
  try {
    const { data } = await api.PATCH("/api/v1/imports/{import_id}/rows/{row}", {
      params: { path: { import_id: importId, row: row.row } },
      body: { cells: { [column]: text } },
    });
    write(data!);
    const others = (key: readonly unknown[]) => key[1] === "rows" && key[2] === importId && key[3] !== shownIn;
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: importQuery(importId).queryKey }),
      queryClient.invalidateQueries({
        predicate: (query) => query.queryKey[0] === "imports" && others(query.queryKey),
      }),
    ]);
  } catch (error) {
    write(row);
    throw error;
  }
}

const PATH = "/api/v1/imports";

/** XMLHttpRequest, because fetch does not tell how much was sent. `onProgress` gets 0 to 1. */
export async function upload(file: File, onProgress: (share: number) => void): Promise<Import> {
  const headers = { ...(await callHeaders()), "Idempotency-Key": newKey() };
  const body = new FormData();
  body.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", PATH);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(new Problem(0));
    request.onload = () => {
      if (request.status === 201) resolve(request.response as Import);
      else reject(new Problem(request.status, (request.response ?? {}) as Record<string, unknown>));
    };
    request.send(body);
  });
}

/** Saves the rows that failed as a file: mended, it can be imported again. */
export async function downloadErrors(job: Import): Promise<void> {
  const { data } = await api.GET("/api/v1/imports/{import_id}/errors.csv", {
    params: { path: { import_id: job.id } },
    parseAs: "blob",
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data as unknown as Blob);
  link.download = job.filename.replace(/(\.\w+)?$/, ".errors.csv");
  link.click();
  URL.revokeObjectURL(link.href);
}
