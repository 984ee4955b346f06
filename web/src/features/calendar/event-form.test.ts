import { describe, expect, it } from "vitest";
import type { CrmEvent } from "@/api/types";
import { blankForm, changesOf, fieldsOf, formOf, withFirstDay, withStart } from "./event-form";

const MEETING = {
  id: "1",
  version: 3,
  kind: "meeting",
  title: "Review",
  body: null,
  location: "Room 2",
  all_day: false,
  starts_at: "2026-11-25T09:00:00Z",
  ends_at: "2026-11-25T10:00:00Z",
  due_at: null,
  recurrence: null,
  contact_ids: ["a"],
  created_at: "2026-11-01T00:00:00Z",
} as unknown as CrmEvent;

describe("the event's form", () => {
  it("changes nothing when nothing was changed", () => {
    expect(changesOf(MEETING, formOf(MEETING))).toEqual({});
  });

  it("sends only what was changed", () => {
    const form = withStart({ ...formOf(MEETING), title: "Review 2" }, "2026-11-25T12:00:00.000Z");
    expect(changesOf(MEETING, form)).toEqual({
      title: "Review 2",
      starts_at: "2026-11-25T12:00:00.000Z",
      ends_at: "2026-11-25T13:00:00.000Z",
    });
  });

  it("makes a whole day end at the first moment after it, and shows the last day again", () => {
    const form = {
      ...blankForm("meeting", new Date(2026, 10, 25)),
      allDay: true,
      title: "Fair",
      lastDay: "2026-11-26",
    };
    const fields = fieldsOf(form);
    expect(fields.starts_at).toBe(new Date(2026, 10, 25).toISOString());
    expect(fields.ends_at).toBe(new Date(2026, 10, 27).toISOString());
    expect(formOf({ ...MEETING, ...fields } as CrmEvent)).toMatchObject({
      firstDay: "2026-11-25",
      lastDay: "2026-11-26",
    });
  });

  it("moves the last day along when the first passes it", () => {
    const form = blankForm("meeting", new Date(2026, 10, 25));
    expect(withFirstDay(form, "2026-12-01").lastDay).toBe("2026-12-01");
  });

  it("makes a task due at the end of its day, or at no time", () => {
    const form = { ...blankForm("task", new Date(2026, 10, 25)), title: "Call back" };
    expect(fieldsOf(form)).toMatchObject({ due_at: new Date(2026, 10, 25, 23, 59).toISOString() });
    expect(fieldsOf({ ...form, firstDay: null })).toMatchObject({ due_at: null });
  });
});
