import type { QueryClient } from "@tanstack/react-query";
import type { Fact } from "@/api/live";
import { COMPANIES } from "./companies/source";
import { CONTACTS } from "./contacts/source";
import { applyRecordFact } from "./records/live";

const SOURCES = { contact: CONTACTS, company: COMPANIES };

/** Brings a fact about a record to all that shows it. */
export function applyFact(queryClient: QueryClient, noun: keyof typeof SOURCES, fact: Fact): Promise<void> {
  return applyRecordFact(queryClient, SOURCES[noun], fact);
}
