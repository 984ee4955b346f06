import { api, ifMatch, operationOf } from "@/api/client";
import type { Source } from "@/features/records/source";

export const CONTACTS: Source = {
  noun: "contact",
  key: "contacts",
  list: async (query, signal) => (await api.GET("/api/v1/contacts", { params: { query }, signal })).data!,
  get: async (contact_id, signal) =>
    (await api.GET("/api/v1/contacts/{contact_id}", { params: { path: { contact_id } }, ...(signal && { signal }) }))
      .data!,
  patch: async (contact_id, version, body) => {
    const { data, response } = await api.PATCH("/api/v1/contacts/{contact_id}", {
      params: { path: { contact_id }, header: ifMatch(version) },
      body,
    });
    return { value: data!, operationId: operationOf(response) };
  },
  trash: async (contact_id) => {
    const { response } = await api.DELETE("/api/v1/contacts/{contact_id}", { params: { path: { contact_id } } });
    return { value: null, operationId: operationOf(response) };
  },
  restore: async (contact_id) => {
    const { data, response } = await api.POST("/api/v1/contacts/{contact_id}/restore", {
      params: { path: { contact_id } },
    });
    return { value: data!, operationId: operationOf(response) };
  },
  bulk: async (change) => (await api.POST("/api/v1/contacts/bulk", { body: change as never })).data!,
  history: async (contact_id, cursor, signal) => {
    const params = { path: { contact_id }, query: { limit: 50, ...(cursor && { cursor }) } };
    return (await api.GET("/api/v1/contacts/{contact_id}/history", { params, signal })).data!;
  },
};
