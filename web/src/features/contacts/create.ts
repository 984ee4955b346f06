import type { QueryClient } from "@tanstack/react-query";
import { t } from "@lingui/core/macro";
import { api, operationOf } from "@/api/client";
import type { Contact } from "@/api/types";
import { toastDone } from "@/app/feedback";
import { recordKeys, writeRecord } from "@/features/records/queries";
import { CONTACTS } from "./source";

export type ContactFields = Partial<Omit<Contact, "id" | "version">>;

export async function createContact(queryClient: QueryClient, fields: ContactFields): Promise<Contact> {
  const { data, response } = await api.POST("/api/v1/contacts", { body: fields });
  const contact = data!;
  writeRecord(queryClient, CONTACTS, contact);
  toastDone(queryClient, t`${{ name: contact.name || "–" }} created`, operationOf(response));
  void queryClient.invalidateQueries({ queryKey: recordKeys.lists(CONTACTS) });
  return contact;
}
