import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Import } from "@/api/types";
import { importQuery, upload } from "@/features/imports/queries";
import demoPeople from "./demo-people.csv?url";

/** Marks what the demo brought, for the eye and for taking it out again. */
const FILENAME = "demo-people.csv";
const TAG = "demo";

/** The import that brought the demo people, while any of them is here; null when there is none. */
export const demoQuery = queryOptions({
  queryKey: ["contacts", "demo"],
  queryFn: async ({ signal }): Promise<Import | null> => {
    const filter = JSON.stringify({ field: "tags", op: "has", value: TAG });
    const [people, imports] = await Promise.all([
      api.GET("/api/v1/contacts", { params: { query: { filter, limit: 1 } }, signal }),
      api.GET("/api/v1/imports", { params: { query: { limit: 200 } }, signal }),
    ]);
    if (people.data!.items.length === 0) return null;
    const isDemo = ({ filename, status, operation_id }: Import) =>
      filename === FILENAME && status === "done" && operation_id !== null;
    return imports.data!.items.find(isDemo) ?? null;
  },
});

/** Brings the people in as any file comes: uploaded, checked, run. So one undo takes them all out again. */
export async function loadDemo(queryClient: QueryClient): Promise<void> {
  const file = new File([await (await fetch(demoPeople)).blob()], FILENAME, { type: "text/csv" });
  const job = await upload(file, () => undefined);
  const params = { path: { import_id: job.id } };
  await api.PATCH("/api/v1/imports/{import_id}", { params, body: { tags: [TAG] } });
  await api.POST("/api/v1/imports/{import_id}/check", { params });
  await reached(queryClient, job.id, "checked");
  await api.POST("/api/v1/imports/{import_id}/run", { params });
  await reached(queryClient, job.id, "done");
  await queryClient.invalidateQueries();
}

const ASK_AGAIN_MS = 300;
const GIVE_UP_MS = 60_000;

async function reached(queryClient: QueryClient, id: string, status: string): Promise<void> {
  const until = Date.now() + GIVE_UP_MS;
  while (Date.now() < until) {
    const job = await queryClient.fetchQuery({ ...importQuery(id), staleTime: 0 });
    if (job.status === status) return;
    if (job.status === "failed") throw new Problem(500);
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  throw new Problem(504);
}
