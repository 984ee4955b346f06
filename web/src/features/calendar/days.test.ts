import { describe, expect, it } from "vitest";
import { addMonths, dayKey, dayOf, firstDayOfWeek, monthOf, weekOf } from "./days";

describe("days", () => {
  it("reads what it writes, and nothing else", () => {
    expect(dayKey(dayOf("2026-03-09")!)).toBe("2026-03-09");
    expect([undefined, "", "2026-3-9", "2026-02-30", "today"].map(dayOf)).toEqual([null, null, null, null, null]);
  });

  it("keeps to the month's end when months are of unlike length", () => {
    expect(dayKey(addMonths(new Date(2026, 0, 31), 1))).toBe("2026-02-28");
    expect(dayKey(addMonths(new Date(2026, 0, 15), -1))).toBe("2025-12-15");
  });

  it("begins a week where the locale does", () => {
    expect([firstDayOfWeek("de-DE"), firstDayOfWeek("en-US")]).toEqual([1, 7]);
    const wednesday = new Date(2026, 10, 25);
    expect(dayKey(weekOf(wednesday, 1)[0]!)).toBe("2026-11-23");
    expect(dayKey(weekOf(wednesday, 7)[0]!)).toBe("2026-11-22");
  });

  it("covers a month by six whole weeks, without a day lost or doubled over summer time", () => {
    for (let month = 0; month < 12; month += 1) {
      const days = monthOf(new Date(2026, month, 15), 1)
        .flat()
        .map(dayKey);
      expect(new Set(days).size).toBe(42);
      expect(days).toContain(dayKey(new Date(2026, month, 1)));
      expect(days).toContain(dayKey(new Date(2026, month + 1, 0)));
    }
  });
});
