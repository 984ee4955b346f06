const BROWSERS: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux|X11/, "Linux"],
];

/** A user agent as people call it: "Firefox, Windows". Empty when it says nothing known (a script). */
export function deviceName(userAgent: string): { name: string; isPhone: boolean } {
  const first = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  const name = [first(BROWSERS), first(SYSTEMS)].filter(Boolean).join(", ");
  return { name, isPhone: /iPhone|Android.*Mobile/.test(userAgent) };
}
