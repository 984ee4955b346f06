export const HUES = ["grey", "red", "orange", "yellow", "green", "teal", "blue", "purple"] as const;
export type Hue = (typeof HUES)[number];

// Tailwind finds only class names that are written out.
export const HUE_CLASSES: Record<Hue, string> = {
  grey: "bg-hue-grey text-hue-grey-text",
  red: "bg-hue-red text-hue-red-text",
  orange: "bg-hue-orange text-hue-orange-text",
  yellow: "bg-hue-yellow text-hue-yellow-text",
  green: "bg-hue-green text-hue-green-text",
  teal: "bg-hue-teal text-hue-teal-text",
  blue: "bg-hue-blue text-hue-blue-text",
  purple: "bg-hue-purple text-hue-purple-text",
};

/** The same colour for the same text, always: `hueOf("vip")`. */
export function hueOf(text: string): Hue {
  let hash = 2166136261;
  for (const char of text.toLowerCase()) hash = Math.imul(hash ^ char.codePointAt(0)!, 16777619);
  return HUES[(hash >>> 0) % HUES.length]!;
}

export function isHue(text: string | null | undefined): text is Hue {
  return HUES.includes(text as Hue);
}
