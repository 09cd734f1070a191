/** The key of an entity as one text: a single key as it is, a composite one URL-encoded and joined by |. */
export function joinKeyParts(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? "") : parts.map((part) => encodeURIComponent(part)).join("|");
}

/** The parts of a key text, `count` of them; what cannot be decoded stays as it was typed. */
export function splitKeyText(text: string, count: number): string[] {
  if (count === 1) return [text];
  const parts = text.split("|").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return Array.from({ length: count }, (_, index) => parts[index] ?? "");
}

/** A key text as a person reads it: `ATL → JFK`. */
export function readableKey(text: string, count: number): string {
  return splitKeyText(text, count).join(" → ");
}
