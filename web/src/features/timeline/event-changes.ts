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

/** Creates it where no page shows it at once, and says so. */
export async function createAndTell(queryClient: QueryClient, fields: EventFields): Promise<void> {
  const { response } = await api.POST("/api/v1/events", { body: fields });
  toastDone(queryClient, t`Created`, operationOf(response));
  await invalidateEvents(queryClient);
}

/** Changes what differs; an empty patch asks nothing. Throws where the server refuses, for the form to say so. */
export async function patchEvent(
  queryClient: QueryClient,
  event: CrmEvent,
  patch: Record<string, unknown>,
): Promise<void> {
  if (Object.keys(patch).length === 0) return;
  const { data, response } = await api.PATCH("/api/v1/events/{event_id}", {
    params: { path: { event_id: event.id }, header: ifMatch(event.version) },
    body: patch,
  });
  writeEvent(queryClient, data!);
  toastDone(queryClient, t`Saved`, operationOf(response));
  await invalidateEvents(queryClient);
}

/** Another day for a task, in one press. */
export async function postpone(queryClient: QueryClient, task: CrmEvent, dueAt: Date): Promise<void> {
  try {
    await patchEvent(queryClient, task, { due_at: dueAt.toISOString() });
  } catch (error) {
    toastFailed(error);
  }
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
  await invalidateEvents(queryClient);
}

async function invalidateEvents(queryClient: QueryClient): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ["events"] }),
    queryClient.invalidateQueries({ queryKey: ["timeline"] }),
  ]);
}
