import { expect, test } from "vitest";
import { explain } from "./errors";
import { isPassing, Problem } from "./problem";

const STATUSES = [0, 401, 403, 404, 408, 409, 412, 413, 422, 429, 500, 502, 503, 504];

test.each(STATUSES)("%i says what happened and what to do, without code or id", (status) => {
  const problem = new Problem(status, {
    code: "some_code",
    request_id: "4bf92f3577b34da6",
    detail: "A sentence.",
    errors: [{ pointer: "/emails/0/value", code: "invalid_email", detail: "This is no e-mail address." }],
  });
  const { title, description } = explain(problem);
  const said = `${title} ${description}`;
  expect(title).not.toBe("");
  expect(description).not.toBe("");
  expect(said).not.toMatch(/some_code|invalid_email|4bf92f|went wrong|\b[45]\d\d\b/);
});

test("a refused field is told by its pointer", () => {
  const problem = new Problem(422, {
    errors: [{ pointer: "/emails/0/value", code: "x", detail: "This is no e-mail address." }],
  });
  expect(problem.at("/emails/0/value")).toBe("This is no e-mail address.");
  expect(problem.at("/emails")).toBeUndefined();
});

test("what was lost on the way may have happened; what was refused has not", () => {
  expect(explain(new Problem(503, { outcome: "unknown" })).description).toContain("may have been saved");
  expect(explain(new Problem(503)).description).toContain("Nothing was changed");
});

test("only what passes by itself is asked again", () => {
  expect([0, 429, 503].every((status) => isPassing(new Problem(status)))).toBe(true);
  expect([401, 404, 422, 500].some((status) => isPassing(new Problem(status)))).toBe(false);
  expect(isPassing(new TypeError("a bug"))).toBe(false);
});
