import type { Contact } from "@/api/types";
import { recordQuery } from "@/features/records/queries";
import { CONTACTS } from "./source";

/** A person by id, from the same cache that lists and records fill. */
export function contactQuery(id: string) {
  return { ...recordQuery(CONTACTS, id), select: (record: unknown) => record as Contact };
}
