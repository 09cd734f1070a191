/** A run of lines that both texts have, or the lines of one place that differ. Numbers count from 1 in each text. */
export type DiffBlock =
  | { kind: "same"; beforeLine: number; afterLine: number; lines: string[] }
  | { kind: "changed"; beforeLine: number; afterLine: number; removed: string[]; added: string[] };

/** Beyond this many differing lines the shortest difference is not sought: what is in between counts as replaced. */
const MAX_DISTANCE = 1500;

type Step = { kind: "same" | "removed" | "added"; line: string };

/** The shortest difference of two texts line by line (Myers). A line end at the end of a text is no line of its own. */
export function diffLines(before: string, after: string): DiffBlock[] {
  const old = linesOf(before);
  const now = linesOf(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const steps: Step[] = [
    ...old.slice(0, start).map((line) => ({ kind: "same" as const, line })),
    ...shortest(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...old.slice(old.length - end).map((line) => ({ kind: "same" as const, line })),
  ];
  return blocksOf(steps);
}

/** How many lines a difference removes and adds. */
export function countChanges(blocks: DiffBlock[]): { removed: number; added: number } {
  let removed = 0;
  let added = 0;
  for (const block of blocks) {
    if (block.kind === "same") continue;
    removed += block.removed.length;
    added += block.added.length;
  }
  return { removed, added };
}

function linesOf(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function shortest(old: string[], now: string[]): Step[] {
  const replaced = (): Step[] => [
    ...old.map((line) => ({ kind: "removed" as const, line })),
    ...now.map((line) => ({ kind: "added" as const, line })),
  ];
  if (old.length === 0 || now.length === 0) return replaced();
  // reached[d] holds, per diagonal, how far into `old` d differences lead; index 0 is diagonal -d - 1.
  const reached: Int32Array[] = [];
  const most = Math.min(old.length + now.length, MAX_DISTANCE);
  let last = new Int32Array(3);
  for (let distance = 0; distance <= most; distance += 1) {
    const far = new Int32Array(2 * distance + 5);
    const before = (diagonal: number): number => last[diagonal + distance] ?? 0;
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      const down =
        distance > 0 &&
        (diagonal === -distance || (diagonal !== distance && before(diagonal - 1) < before(diagonal + 1)));
      let x = distance === 0 ? 0 : down ? before(diagonal + 1) : before(diagonal - 1) + 1;
      while (x < old.length && x - diagonal < now.length && old[x] === now[x - diagonal]) x += 1;
      far[diagonal + distance + 1] = x;
      if (x >= old.length && x - diagonal >= now.length) {
        reached.push(far);
        return walkBack(old, now, reached);
      }
    }
    reached.push(far);
    last = far;
  }
  return replaced();
}

function walkBack(old: string[], now: string[], reached: Int32Array[]): Step[] {
  const steps: Step[] = [];
  let x = old.length;
  let y = now.length;
  for (let distance = reached.length - 1; distance > 0; distance -= 1) {
    const diagonal = x - y;
    const before = (at: number): number => reached[distance - 1]?.[at + distance] ?? 0;
    const down = diagonal === -distance || (diagonal !== distance && before(diagonal - 1) < before(diagonal + 1));
    const from = down ? diagonal + 1 : diagonal - 1;
    const startX = before(from);
    const startY = startX - from;
    while (x > (down ? startX : startX + 1) && y > (down ? startY + 1 : startY)) {
      x -= 1;
      y -= 1;
      steps.push({ kind: "same", line: old[x] ?? "" });
    }
    steps.push(down ? { kind: "added", line: now[startY] ?? "" } : { kind: "removed", line: old[startX] ?? "" });
    x = startX;
    y = startY;
  }
  while (x > 0) {
    x -= 1;
    steps.push({ kind: "same", line: old[x] ?? "" });
  }
  return steps.reverse();
}

function blocksOf(steps: Step[]): DiffBlock[] {
  const blocks: DiffBlock[] = [];
  let beforeLine = 1;
  let afterLine = 1;
  for (const { kind, line } of steps) {
    let block = blocks.at(-1);
    if (!block || (kind === "same") !== (block.kind === "same")) {
      block =
        kind === "same"
          ? { kind: "same", beforeLine, afterLine, lines: [] }
          : { kind: "changed", beforeLine, afterLine, removed: [], added: [] };
      blocks.push(block);
    }
    if (block.kind === "same") block.lines.push(line);
    else (kind === "removed" ? block.removed : block.added).push(line);
    if (kind !== "added") beforeLine += 1;
    if (kind !== "removed") afterLine += 1;
  }
  return blocks;
}
