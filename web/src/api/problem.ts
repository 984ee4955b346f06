/*
 * Problem            the server refused: RFC 9457
 *   └ status 0       it could not be reached at all, or the answer got lost
 */

export interface FieldProblem {
  /** JSON pointer into the body: "/emails/0/value". */
  pointer: string;
  code: string;
  detail: string;
}

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fields: readonly FieldProblem[];
  readonly retryAfterS: number | null;
  /** The change may have happened; the same Idempotency-Key finds out. */
  readonly outcomeUnknown: boolean;

  constructor(status: number, body: Record<string, unknown> = {}, retryAfter: string | null = null) {
    const detail = text(body.detail) || text(body.title);
    super(detail || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = text(body.code);
    this.detail = detail;
    this.fields = Array.isArray(body.errors) ? body.errors.map(fieldProblem) : [];
    this.retryAfterS = retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
    this.outcomeUnknown = body.outcome === "unknown";
  }

  /** What is wrong with one member of the body: `problem.at("/emails/0/value")`. */
  at(pointer: string): string | undefined {
    return this.fields.find((field) => field.pointer === pointer)?.detail;
  }

  static async from(response: Response): Promise<Problem> {
    const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    return new Problem(response.status, body, response.headers.get("Retry-After"));
  }
}

export function isProblem(error: unknown, status?: number): error is Problem {
  return error instanceof Problem && (status === undefined || error.status === status);
}

/** Worth asking again without the user: nothing was reached, or a part is down for the moment. */
export function isPassing(error: unknown): boolean {
  return isProblem(error) && [0, 408, 429, 502, 503, 504].includes(error.status);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function fieldProblem(raw: Record<string, unknown>): FieldProblem {
  return { pointer: text(raw.pointer), code: text(raw.code), detail: text(raw.detail) };
}
