import type { JoinDiagnostic } from "@/lib/engines/offline/port";
import { isNumeric, parseDataType } from "@/lib/kernel/data-types";
import type { Column } from "@/lib/kernel/values";
import type { Session } from "./session";
import { quote } from "./sql";

/** More different values are no categories. */
const MAX_CATEGORIES = 50;
/** Squares of anything larger would not be finite. */
const MAX_MAGNITUDE = "1e150";

/** Joined rows to look at: a relation, the rows of it that count, and for each feature column the instant of what it found. */
export type Diagnosed = {
  from: string;
  condition: string;
  timestamp: string;
  features: (Column & { foundAt: string })[];
  label: Column | null;
};

/** Signs of leakage for each feature: how often what was found lies at the very instant, and how much it says of the label. */
export async function diagnose(session: Session, subject: Diagnosed): Promise<JoinDiagnostic[]> {
  const { from, condition, timestamp, features, label } = subject;
  if (features.length === 0) return [];
  const found = await session.row(
    `SELECT ${features
      .flatMap(({ foundAt }) => [
        `count(${quote(foundAt)})`,
        `count(*) FILTER (${quote(foundAt)} = ${quote(timestamp)})`,
      ])
      .join(", ")} FROM ${from} WHERE ${condition}`,
  );
  const numeric = label && isNumber(label.type) ? features.filter(({ type }) => isNumber(type)) : [];
  const correlated = new Map<string, Association>();
  if (label && numeric.length > 0) {
    const row = await session
      .row(`SELECT ${numeric.map((feature) => pearsonSql(feature, label)).join(", ")} FROM ${from} WHERE ${condition}`)
      // A sum that overflows is no reason to show nothing else.
      .catch(() => []);
    numeric.forEach(({ name }, i) => {
      correlated.set(name, associationOf(row[i * 2], row[i * 2 + 1]));
    });
  }
  const diagnostics: JoinDiagnostic[] = [];
  for (const [i, feature] of features.entries()) {
    const association =
      correlated.get(feature.name) ?? (await cramersV(session, subject, feature)) ?? associationOf(null, 0);
    diagnostics.push({
      column: feature.name,
      matched: Number(found[i * 2]),
      atLabelTime: Number(found[i * 2 + 1]),
      ...association,
    });
  }
  return diagnostics;
}

type Association = { association: number | null; pairs: number };

function associationOf(value: unknown, pairs: unknown): Association {
  const known = typeof value === "number" && Number.isFinite(value);
  return { association: known ? Math.min(1, Math.abs(value)) : null, pairs: Number(pairs ?? 0) };
}

const isNumber = (type: string): boolean => isNumeric(type) || type === "BOOL";

function isCategory(type: string): boolean {
  const parsed = parseDataType(type);
  return parsed?.length === null && (isNumber(type) || parsed.kind === "STRING" || parsed.kind === "DATE");
}

function pearsonSql(feature: Column, label: Column): string {
  const [x, y] = [feature, label].map(({ name }) => `CAST(${quote(name)} AS DOUBLE)`);
  const usable = [x, y].map((value) => `(isfinite(${value}) AND abs(${value}) < ${MAX_MAGNITUDE})`).join(" AND ");
  return `corr(${x}, ${y}) FILTER (WHERE ${usable}), count(*) FILTER (WHERE ${usable})`;
}

/** Cramér's V over the table of both columns; null where one of them has no or too many categories. */
async function cramersV(
  session: Session,
  { from, condition, label }: Diagnosed,
  feature: Column,
): Promise<Association | null> {
  if (!label || !isCategory(feature.type) || !isCategory(label.type)) return null;
  const text = (column: Column): string => {
    const x = quote(column.name);
    const plain = `CAST(${x} AS VARCHAR)`;
    return parseDataType(column.type)?.kind.startsWith("FLOAT") ? `CASE WHEN isfinite(${x}) THEN ${plain} END` : plain;
  };
  const [rows, columns, pairs, sum] = await session.row(
    `WITH cells AS (SELECT f, l, count(*)::DOUBLE AS n FROM (SELECT ${text(feature)} AS f, ${text(label)} AS l FROM ${from} WHERE ${condition}) ` +
      `WHERE f IS NOT NULL AND l IS NOT NULL GROUP BY f, l), ` +
      `fs AS (SELECT f, sum(n) AS nf FROM cells GROUP BY f), ls AS (SELECT l, sum(n) AS nl FROM cells GROUP BY l) ` +
      `SELECT (SELECT count(*) FROM fs), (SELECT count(*) FROM ls), (SELECT sum(n) FROM cells), ` +
      `CASE WHEN (SELECT count(*) FROM fs) <= ${MAX_CATEGORIES} AND (SELECT count(*) FROM ls) <= ${MAX_CATEGORIES} ` +
      `THEN (SELECT sum(n * n / (nf * nl)) FROM cells JOIN fs USING (f) JOIN ls USING (l)) END`,
  );
  const smaller = Math.min(Number(rows), Number(columns)) - 1;
  const value = smaller > 0 && sum !== null ? Math.sqrt(Math.max(0, (Number(sum) - 1) / smaller)) : null;
  return associationOf(value, pairs);
}
