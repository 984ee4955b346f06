import type { QueryClient } from "@tanstack/react-query";
import { t } from "@lingui/core/macro";
import { api, ifMatch, operationOf } from "@/api/client";
import type { CrmEvent } from "@/api/types";
import { toastDone, toastFailed } from "@/app/feedback";
import { writeEvent } from "./queries";

export type EventFields = Partial<Omit<CrmEvent, "id" | "version">> & Pick<CrmEvent, "kind">;

export async function createEvent(fields: EventFields): Promise<CrmEvent> {
  return (await api.POST("/api/v1/events", { body: fields })).data!;
}

/** Ticks a task, or takes the tick back. Shown at once. */
export async function setDone(queryClient: QueryClient, event: CrmEvent, done: boolean): Promise<void> {
  const patch = { done_at: done ? new Date().toISOString() : null };
  writeEvent(queryClient, { ...event, ...patch });
  try {
    const { data, response } = await api.PATCH("/api/v1/events/{event_id}", {
      params: { path: { event_id: event.id }, header: ifMatch(event.version) },
      body: patch,
    });
    writeEvent(queryClient, data!);
    toastDone(queryClient, done ? t`Task done` : t`Task open again`, operationOf(response));
  } catch (error) {
    writeEvent(queryClient, event);
    toastFailed(error);
  }
  await queryClient.invalidateQueries({ queryKey: ["events"] });
}

export async function trashEvent(queryClient: QueryClient, event: CrmEvent): Promise<void> {
  try {
    const { response } = await api.DELETE("/api/v1/events/{event_id}", { params: { path: { event_id: event.id } } });
    toastDone(queryClient, t`Removed`, operationOf(response));
  } catch (error) {
    toastFailed(error);
  }
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ["events"] }),
    queryClient.invalidateQueries({ queryKey: ["timeline"] }),
  ]);
}
