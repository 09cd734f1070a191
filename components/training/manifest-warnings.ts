import type { Manifest } from "@/lib/datasets/training-schema";
import { formatCount, formatShare } from "../ui/numbers";
import type { Warning } from "./warning-list";

const MOSTLY = 0.5;

/** What the counts of a manifest show without reading a row: features without values, and a label with gaps. */
export function warningsOfManifest(manifest: Manifest): Warning[] {
  const { rowCount, nullCounts, filledCounts, spine } = manifest;
  if (rowCount === 0) return [];
  const warnings: Warning[] = [];
  const gaps = spine.label ? (nullCounts[spine.label] ?? 0) : 0;
  if (spine.label && gaps > 0)
    warnings.push({
      code: "label_missing",
      column: spine.label,
      detail: `The label ${spine.label} is null in ${formatCount(gaps)} of ${formatCount(rowCount)} rows`,
    });
  for (const { column } of manifest.features) {
    const share = ((nullCounts[column] ?? 0) + (filledCounts[column] ?? 0)) / rowCount;
    if (share === 1) warnings.push({ code: "always_null", column, detail: `${column} has no value in any row` });
    else if (share >= MOSTLY)
      warnings.push({
        code: "mostly_null",
        column,
        detail: `${column} has no value in ${formatShare(share)} of the rows`,
      });
  }
  return warnings;
}
