import { expect, test } from "vitest";
import { createEventParser, type ServerEvent } from "./sse";

function parse(...chunks: string[]): ServerEvent[] {
  const events: ServerEvent[] = [];
  const take = createEventParser((event) => events.push(event));
  for (const chunk of chunks) take(chunk);
  return events;
}

test("an event may arrive in any pieces", () => {
  const whole = 'id: 7\nevent: contact.changed\ndata: {"id":"a"}\n\n';
  const expected = [{ id: "7", event: "contact.changed", data: '{"id":"a"}' }];
  expect(parse(whole)).toEqual(expected);
  expect(parse(...whole)).toEqual(expected);
});

test("comments keep the line alive and are no events", () => {
  expect(parse(": still here\n\n", "data: x\n\n")).toEqual([{ id: "", event: "message", data: "x" }]);
});

test("the last id stays for events without one; several data lines are one text", () => {
  const events = parse("id: 1\ndata: a\n\ndata: b\ndata: c\r\n\r\n");
  expect(events).toEqual([
    { id: "1", event: "message", data: "a" },
    { id: "1", event: "message", data: "b\nc" },
  ]);
});
