import { explain } from "@/api/errors";
import type { Problem } from "@/api/problem";

/** Why a value was not taken, in one line: what is wrong with it, or what is wrong with the system. */
export function refusalReason(problem: Problem): string {
  return problem.fields[0]?.detail ?? (problem.status === 422 ? problem.detail : explain(problem).title);
}
