/** Lower case without accents: "Zoë" finds "zoe". */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * The items that match every word of `query`, best first: a label that starts with it, then words that start
 * with it, then words that hold it. An empty query keeps all, in their order.
 */
export function rank<T>(items: readonly T[], query: string, textOf: (item: T) => string): T[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...items];
  return items
    .map((item) => ({ item, score: scoreOf(fold(textOf(item)), words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

function scoreOf(text: string, words: string[]): number {
  let score = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    if (at === 0) score += 3;
    else if (text.includes(` ${word}`)) score += 2;
    else score += 1;
  }
  return score;
}
