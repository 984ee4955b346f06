const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function firstLetter(word: string): string {
  for (const { segment } of segmenter.segment(word)) {
    if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment)) return segment.toLocaleUpperCase();
  }
  return "";
}

/** At most two letters: `initials("Ada Lovelace")` is "AL", `initials("李")` is "李", and "" is "?". */
export function initials(name: string): string {
  const letters = name.trim().split(/\s+/).map(firstLetter).filter(Boolean);
  if (letters.length === 0) return "?";
  return letters.length === 1 ? letters[0]! : letters[0]! + letters.at(-1)!;
}
