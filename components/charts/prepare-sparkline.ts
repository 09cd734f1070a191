/** One bar of a sparkline in the unit square: x and width to the right, height upwards. */
export type SparkBar = { x: number; width: number; height: number };

const LEAST_HEIGHT = 0.06;

/** Bars side by side, the tallest of height 1; what is not zero stays visible. Empty when nothing was counted. */
export function prepareSparkline(counts: number[]): SparkBar[] {
  const most = Math.max(0, ...counts);
  if (most === 0) return [];
  const step = 1 / counts.length;
  const width = step * (counts.length > 8 ? 0.86 : 0.8);
  return counts.map((count, index) => ({
    x: index * step + (step - width) / 2,
    width,
    height: count <= 0 ? 0 : Math.max(LEAST_HEIGHT, count / most),
  }));
}
