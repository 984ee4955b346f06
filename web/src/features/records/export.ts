import { api } from "@/api/client";
import { t } from "@lingui/core/macro";
import { toastFailed } from "@/app/feedback";
import { toast } from "@/ui/toast";
import type { Chosen } from "./source";

/** An id takes 39 bytes of an address; this many stay well below what servers take. */
export const EXPORT_IDS_MAX = 100;

export type ExportFormat = "csv" | "vcf" | "json";

/** People as a file in the browser's downloads. */
export async function exportPeople(chosen: Chosen, format: ExportFormat): Promise<void> {
  const filter = "ids" in chosen ? { field: "id", op: "in", value: chosen.ids } : chosen.filter;
  const query = {
    format,
    ...(filter && { filter: JSON.stringify(filter) }),
    ...("q" in chosen && chosen.q && { q: chosen.q }),
  };
  try {
    const { data, response } = await api.GET("/api/v1/exports", { params: { query }, parseAs: "blob" });
    const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
    download(data as unknown as Blob, name ?? `people.${format}`);
    toast({ title: t`The file is in your downloads` });
  } catch (error) {
    toastFailed(error);
  }
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
