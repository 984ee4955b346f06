import { api, ifMatch, operationOf } from "@/api/client";
import type { Source } from "@/features/records/source";

export const COMPANIES: Source = {
  noun: "company",
  key: "companies",
  list: async (query, signal) => (await api.GET("/api/v1/companies", { params: { query }, signal })).data!,
  get: async (company_id, signal) =>
    (await api.GET("/api/v1/companies/{company_id}", { params: { path: { company_id } }, ...(signal && { signal }) }))
      .data!,
  patch: async (company_id, version, body) => {
    const { data, response } = await api.PATCH("/api/v1/companies/{company_id}", {
      params: { path: { company_id }, header: ifMatch(version) },
      body,
    });
    return { value: data!, operationId: operationOf(response) };
  },
  trash: async (company_id) => {
    const { response } = await api.DELETE("/api/v1/companies/{company_id}", { params: { path: { company_id } } });
    return { value: null, operationId: operationOf(response) };
  },
  restore: async (company_id) => {
    const { data, response } = await api.POST("/api/v1/companies/{company_id}/restore", {
      params: { path: { company_id } },
    });
    return { value: data!, operationId: operationOf(response) };
  },
  bulk: async (change) => (await api.POST("/api/v1/companies/bulk", { body: change as never })).data!,
  history: async (company_id, cursor, signal) => {
    const params = { path: { company_id }, query: { limit: 50, ...(cursor && { cursor }) } };
    return (await api.GET("/api/v1/companies/{company_id}/history", { params, signal })).data!;
  },
};
