import type { JoinDiagnostic } from "@/lib/engines/offline/port";
import type { RetrievalWarning } from "./training-schema";

/** What was noticed about the joined rows of a preview. */
export type Noticed = {
  /** Rows that were looked at. */
  rowCount: number;
  diagnostics: JoinDiagnostic[];
  /** Rows in which a feature found nothing or null, by column, before defaults were put in. */
  missing: Record<string, number>;
  repeatedRows: number;
  /** null: none was named. `nulls` is null when the spine has no such column. */
  label: { column: string; nulls: number | null } | null;
  /** Deprecated features: the columns they are in, and what their readers are told. */
  deprecated: { column: string | null; detail: string }[];
};

const AT_LABEL_TIME = { share: 0.9, matched: 20 };
const ASSOCIATED = { value: 0.95, pairs: 50 };
const MOSTLY_NULL = 0.5;

/** What is worth a look before a training set is believed, the gravest first. Shares and associations are rounded to 3 digits. */
export function warningsOf(noticed: Noticed): RetrievalWarning[] {
  const { rowCount, diagnostics, missing, repeatedRows, label, deprecated } = noticed;
  const warnings: RetrievalWarning[] = [];
  if (label && label.nulls !== 0) warnings.push(labelMissing(label.column, label.nulls, rowCount));
  for (const { column, matched, atLabelTime } of diagnostics) {
    const share = matched === 0 ? 0 : atLabelTime / matched;
    if (matched < AT_LABEL_TIME.matched || share < AT_LABEL_TIME.share) continue;
    warnings.push({
      code: "event_time_is_label_time",
      column,
      value: rounded(share),
      detail: `${percent(share)} of the values of ${column} lie at the very instant of their row; was it known before the label?`,
    });
  }
  for (const { column, association, pairs } of diagnostics) {
    if (association === null || association < ASSOCIATED.value || pairs < ASSOCIATED.pairs) continue;
    const value = rounded(association);
    const detail = `${column} says nearly everything about ${label?.column ?? "the label"} (association ${value}); it may be the label in another form`;
    warnings.push({ code: "associated_with_label", column, value, detail });
  }
  for (const [column, count] of Object.entries(missing)) {
    const share = rowCount === 0 ? 0 : count / rowCount;
    if (share < MOSTLY_NULL) continue;
    const code = share === 1 ? "always_null" : "mostly_null";
    const detail =
      share === 1 ? `${column} has no value in any row` : `${column} has no value in ${percent(share)} of the rows`;
    warnings.push({ code, column, value: rounded(share), detail });
  }
  if (repeatedRows > 0) {
    const detail = `${repeatedRows} rows have the keys and the instant of another row; each is kept`;
    warnings.push({ code: "repeated_spine_rows", column: null, value: repeatedRows, detail });
  }
  for (const { column, detail } of deprecated) warnings.push({ code: "deprecated", column, value: null, detail });
  return warnings;
}

function labelMissing(column: string, nulls: number | null, rowCount: number): RetrievalWarning {
  const detail =
    nulls === null
      ? `The spine has no column ${column}`
      : `The label ${column} is null in ${nulls} of ${rowCount} rows`;
  return { code: "label_missing", column, value: nulls, detail };
}

function rounded(value: number): number {
  return Math.floor(value * 1000) / 1000;
}

/** Rounded down, so that only what is whole is called so. */
function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
