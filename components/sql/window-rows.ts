/** The rows of a long table that are on screen, with some before and after, and how much room the others take. */
export function windowRows(options: { count: number; rowHeight: number; top: number; height: number }): {
  from: number;
  to: number;
  before: number;
  after: number;
} {
  const { count, rowHeight, top, height } = options;
  const margin = 12;
  const first = Math.min(Math.max(0, Math.floor(top / rowHeight)), Math.max(0, count - 1));
  const from = Math.max(0, first - margin);
  const to = Math.min(count, first + Math.ceil(height / rowHeight) + margin);
  return { from, to, before: from * rowHeight, after: (count - to) * rowHeight };
}
