import type { QueryClient } from "@tanstack/react-query";
import { plural, t } from "@lingui/core/macro";
import { api } from "@/api/client";
import { explain } from "@/api/errors";
import { toast } from "@/ui/toast";

/** Says what was done, with Undo when it was an operation. */
export function toastDone(queryClient: QueryClient, title: string, operationId: string | null): void {
  toast({
    title,
    action: operationId === null ? undefined : { label: t`Undo`, run: () => void undo(queryClient, operationId) },
  });
}

export function toastFailed(error: unknown): void {
  toast({ tone: "danger", ...explain(error) });
}

/** Takes an operation back, and says what could not be because it was changed since. Ends when it is really done. */
export async function undo(queryClient: QueryClient, operationId: string, { again = false } = {}): Promise<void> {
  try {
    const { data, response } = await api.POST("/api/v1/operations/{operation_id}/undo", {
      params: { path: { operation_id: operationId } },
    });
    const undoId = data!.operation_id;
    if (response.status === 202) {
      toast({ id: undoId, title: t`Taking it back`, description: t`This one is large; it goes on without you.` });
      await finished(undoId);
    }
    const left = data?.left?.length ?? 0;
    toast({
      id: undoId,
      title: again ? t`Done again` : t`Undone`,
      description:
        left > 0
          ? plural(left, {
              one: "# value was changed since, and left.",
              other: "# values were changed since, and left.",
            })
          : undefined,
      action: {
        label: again ? t`Undo` : t`Redo`,
        run: () => void undo(queryClient, undoId, { again: !again }),
      },
    });
    await queryClient.invalidateQueries();
  } catch (error) {
    toastFailed(error);
  }
}

const POLL_MS = 500;

/** Waits until the server's worker is through with an operation. */
async function finished(operationId: string): Promise<void> {
  for (;;) {
    const { data } = await api.GET("/api/v1/operations/{operation_id}", {
      params: { path: { operation_id: operationId } },
    });
    if (data?.status !== "running") return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
