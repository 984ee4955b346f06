/** A random key. Not `crypto.randomUUID`: that exists on https and localhost only, and home networks serve plain http. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
