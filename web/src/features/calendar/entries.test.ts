import { describe, expect, it } from "vitest";
import type { CrmEvent } from "@/api/types";
import { byDay, type Entry, layOut } from "./entries";

const DAY = new Date(2026, 10, 25);
const at = (hour: number, minute = 0, day = 25) => new Date(2026, 10, day, hour, minute);

function entry(key: string, start: Date, end = start, allDay = false): Entry {
  return { key, event: { id: key } as CrmEvent, start, end, allDay };
}

describe("byDay", () => {
  const keysOn = (entries: Entry[]) =>
    Object.fromEntries([...byDay(entries, at(0, 0, 23), at(0, 0, 30))].map(([day, on]) => [day, on.map((e) => e.key)]));

  it("puts what lasts all day first, then by time", () => {
    expect(keysOn([entry("late", at(17)), entry("early", at(9)), entry("task", at(23), at(23), true)])).toEqual({
      "2026-11-25": ["task", "early", "late"],
    });
  });

  it("shows what lasts over midnight on each of its days, but not on the one at whose first moment it ends", () => {
    expect(keysOn([entry("trip", at(22), at(0, 0, 27))])).toEqual({ "2026-11-25": ["trip"], "2026-11-26": ["trip"] });
  });

  it("leaves out the days before and after the range", () => {
    expect(Object.keys(keysOn([entry("long", at(8, 0, 20), at(8, 0, 24))]))).toEqual(["2026-11-23", "2026-11-24"]);
  });
});

describe("layOut", () => {
  const columns = (entries: Entry[]) =>
    Object.fromEntries(layOut(entries, DAY).map((each) => [each.entry.key, `${each.column + 1}/${each.columns}`]));

  it("sets side by side what overlaps, and only that", () => {
    const entries = [
      entry("a", at(9), at(10)),
      entry("b", at(9, 30), at(11)),
      entry("c", at(10), at(10, 30)),
      entry("d", at(11), at(12)),
    ];
    expect(columns(entries)).toEqual({ a: "1/2", b: "2/2", c: "1/2", d: "1/1" });
  });

  it("draws from midnight what began the day before, and to midnight what goes on", () => {
    const [placed] = layOut([entry("night", at(22, 0, 24), at(6, 0, 26))], DAY);
    expect([placed?.top, placed?.height]).toEqual([0, 1]);
  });

  it("gives what has no end enough height to be read, inside the day", () => {
    const [placed] = layOut([entry("late", at(23, 50))], DAY);
    expect(placed!.height).toBeCloseTo(0.5 / 24);
    expect(placed!.top + placed!.height).toBeLessThanOrEqual(1);
  });
});
