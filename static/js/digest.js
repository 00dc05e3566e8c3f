// @ts-check
/**
 * SHA-256 over every name and value, repeated names together where the first one stood, as the server reads them.
 * @param {[string, string][]} entries
 */
export async function digest(entries) {
  /** @type {Map<string, string[]>} */
  const grouped = new Map();
  for (const [name, value] of entries) grouped.set(name, [...(grouped.get(name) ?? []), value]);
  let text = "";
  for (const [name, values] of grouped) for (const value of values) text += `${name}\x1f${value}\x1e`;
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
