/** Only these may be pressed: `javascript:` and its like never become a link, whoever stored them. */
export function isSafeLink(url: string): boolean {
  try {
    return ["http:", "https:", "mailto:", "tel:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
