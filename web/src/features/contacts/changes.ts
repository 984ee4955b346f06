import type { QueryClient } from "@tanstack/react-query";
import { plural, t } from "@lingui/core/macro";
import { api, operationOf } from "@/api/client";
import type { Contact } from "@/api/types";
import { toastDone, toastFailed } from "@/app/feedback";
import { contactKeys, dropFromLists, writeContact } from "./queries";
import type { ContactPatch } from "./save";

function shownName({ name }: Contact): string {
  return name || t`Person`;
}

export async function createContact(queryClient: QueryClient, fields: ContactPatch): Promise<Contact> {
  const { data, response } = await api.POST("/api/v1/contacts", { body: fields });
  const contact = data!;
  writeContact(queryClient, contact);
  toastDone(queryClient, t`${{ name: shownName(contact) }} created`, operationOf(response));
  void queryClient.invalidateQueries({ queryKey: contactKeys.lists });
  return contact;
}

/** Gone from the screen at once; back when it is refused. */
export async function trashContact(queryClient: QueryClient, contact: Contact): Promise<void> {
  dropFromLists(queryClient, new Set([contact.id]));
  try {
    const { response } = await api.DELETE("/api/v1/contacts/{contact_id}", {
      params: { path: { contact_id: contact.id } },
    });
    toastDone(queryClient, t`${{ name: shownName(contact) }} is in the trash`, operationOf(response));
  } catch (error) {
    toastFailed(error);
  }
  void queryClient.invalidateQueries({ queryKey: ["contacts"] });
}

export async function restoreContact(queryClient: QueryClient, contact: Contact): Promise<void> {
  try {
    const { data, response } = await api.POST("/api/v1/contacts/{contact_id}/restore", {
      params: { path: { contact_id: contact.id } },
    });
    if (data) writeContact(queryClient, data);
    toastDone(queryClient, t`${{ name: shownName(contact) }} is back`, operationOf(response));
    void queryClient.invalidateQueries({ queryKey: contactKeys.lists });
  } catch (error) {
    toastFailed(error);
  }
}

export type BulkAction =
  | { action: "trash" | "restore" }
  | { action: "add_tag" | "remove_tag"; tag: string }
  | { action: "assign"; owner_id: string | null };

/** All or nothing; says how many it changed. */
export async function changeMany(queryClient: QueryClient, ids: string[], change: BulkAction): Promise<void> {
  if (change.action === "trash") dropFromLists(queryClient, new Set(ids));
  try {
    const { data } = await api.POST("/api/v1/contacts/bulk", { body: { ...change, ids } });
    // A large one is still under way: then only how many it meets is known.
    const count = data!.changed ?? data!.matched;
    toastDone(queryClient, plural(count, { one: "# person changed", other: "# people changed" }), data!.operation_id);
  } catch (error) {
    toastFailed(error);
  }
  await queryClient.invalidateQueries({ queryKey: ["contacts"] });
}
