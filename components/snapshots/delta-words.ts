import { formatNumber, formatShare } from "../ui/numbers";
import { deltaOf, type Figure } from "./prepare-comparison";

/** By how much a figure changed: `+2.8 (+23.0 %)`; `points`: a share, in percentage points. Null where it did not. */
export function deltaWords(figure: Figure, format: (value: number) => string, points = false): string | null {
  const delta = deltaOf(figure);
  if (!delta || delta.by === 0) return null;
  const sign = delta.by > 0 ? "+" : "−";
  const size = Math.abs(delta.by);
  if (points) return `${sign}${formatNumber(Number((size * 100).toPrecision(3)))} points`;
  if (delta.share === null) return `${sign}${format(size)}`;
  const share = Math.abs(delta.share);
  const percent = share > 1 ? `${formatNumber(Number((share * 100).toPrecision(3)))} %` : formatShare(share);
  return `${sign}${format(size)} (${percent.startsWith("<") || percent.startsWith(">") ? "" : sign}${percent})`;
}
