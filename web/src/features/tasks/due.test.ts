import { describe, expect, it } from "vitest";
import { dayKey } from "@/features/calendar/days";
import { dueChoices } from "./due";

const dues = (now: Date, firstDay: number) =>
  Object.fromEntries(dueChoices(now, firstDay).map(({ id, due }) => [id, dayKey(due)]));

describe("dueChoices", () => {
  it("offers today, tomorrow and the Monday after, wherever weeks begin", () => {
    const wednesday = new Date(2026, 10, 25, 15);
    const expected = { today: "2026-11-25", tomorrow: "2026-11-26", next_week: "2026-11-30" };
    expect(dues(wednesday, 1)).toEqual(expected);
    expect(dues(wednesday, 7)).toEqual(expected);
  });

  it("does not offer the same day twice", () => {
    expect(dues(new Date(2026, 10, 29, 9), 1)).toEqual({ today: "2026-11-29", tomorrow: "2026-11-30" });
  });

  it("means the end of the day", () => {
    expect(dueChoices(new Date(2026, 10, 25, 23, 30), 1)[0]!.due).toEqual(new Date(2026, 10, 25, 23, 59));
  });
});
