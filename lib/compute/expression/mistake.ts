import { LarderError } from "@/lib/kernel/errors";

/** A mistake at a place of an expression; lines and columns count from 1. */
export function mistake(text: string, at: number, detail: string): LarderError {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const column = at - before.lastIndexOf("\n");
  const where = line > 1 ? `line ${line}, column ${column}` : `column ${column}`;
  return new LarderError("invalid_expression", `${detail} (${where})`, [
    { code: "invalid_expression", detail, line, column },
  ]);
}

/** " – did you mean x?", or nothing when no name is near. */
export function suggestion(name: string, known: Iterable<string>): string {
  const wanted = name.toLowerCase();
  const most = Math.max(1, Math.floor(wanted.length / 3));
  let best: { name: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = distanceOf(wanted, candidate.toLowerCase());
    if (distance <= most && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { name: candidate, distance };
  }
  return best ? `; did you mean ${best.name}?` : "";
}

/** Letters to put in, take out, change or swap with their neighbour. */
function distanceOf(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > a.length / 3 + 1) return Number.POSITIVE_INFINITY;
  let older: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        change,
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        swapped ? (older[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    older = last;
    last = row;
  }
  return last[b.length] ?? Number.POSITIVE_INFINITY;
}
