import type { ComparedColumn, ComparedFeature, ComparedGroup } from "@/lib/quality/comparison-schema";
import { type PreparedOverlay, prepareOverlay } from "../charts/prepare-overlay";

/** One figure on both sides; null where there is none. */
export type Figure = { from: number | null; to: number | null };
export type FeatureRow = {
  feature: string;
  unit: string | null;
  masked: boolean;
  /** Where it is: on both sides, or only on one. */
  place: "both" | "from" | "to";
  nullShare: Figure;
  distinct: Figure;
  mean: Figure;
  stddev: Figure;
  p05: Figure;
  p50: Figure;
  p95: Figure;
  overlay: PreparedOverlay | null;
};
export type ColumnChange = ComparedColumn & { change: "added" | "removed" | "type" };
export type PreparedComparison = {
  columns: ColumnChange[];
  features: FeatureRow[];
  /** Whether anything that is shown differs. */
  same: boolean;
};

type Sided = NonNullable<ComparedFeature["from"]>;

/** How much a figure changed, and by what share of its size before; null where one side has none. Pure. */
export function deltaOf({ from, to }: Figure): { by: number; share: number | null } | null {
  if (from === null || to === null) return null;
  return { by: to - from, share: from === 0 ? null : (to - from) / Math.abs(from) };
}

/** A comparison as rows: changed columns, and features with those first whose values moved most. Pure. */
export function prepareComparison(group: ComparedGroup): PreparedComparison {
  const columns = group.columns
    .filter(({ from, to }) => from !== to)
    .map((column) => ({ ...column, change: changeOf(column) }));
  const features = group.features.map(rowOf).sort((a, b) => weightOf(b) - weightOf(a));
  const same = columns.length === 0 && group.from.rowCount === group.to.rowCount && features.every(isSame);
  return { columns, features, same };
}

function changeOf({ from, to }: ComparedColumn): ColumnChange["change"] {
  if (from === null) return "added";
  return to === null ? "removed" : "type";
}

function rowOf({ feature, unit, masked, from, to }: ComparedFeature): FeatureRow {
  const figure = (pick: (side: Sided) => number | null | undefined): Figure => ({
    from: (from && pick(from)) ?? null,
    to: (to && pick(to)) ?? null,
  });
  return {
    feature,
    unit,
    masked,
    place: from && to ? "both" : from ? "from" : "to",
    nullShare: figure((side) => (side.count > 0 ? side.nulls / side.count : null)),
    distinct: figure((side) => side.distinct),
    mean: figure((side) => side.mean),
    stddev: figure((side) => side.stddev),
    p05: figure((side) => side.quantiles?.p05),
    p50: figure((side) => side.quantiles?.p50),
    p95: figure((side) => side.quantiles?.p95),
    overlay: from?.histogram && to?.histogram ? prepareOverlay(from.histogram, to.histogram) : null,
  };
}

const FIGURES = ["nullShare", "distinct", "mean", "stddev", "p05", "p50", "p95"] as const;

function isSame(row: FeatureRow): boolean {
  return row.place === "both" && FIGURES.every((name) => row[name].from === row[name].to);
}

/** What is on one side only comes first, then by the share of values that moved, then by nulls. */
function weightOf(row: FeatureRow): number {
  if (row.place !== "both") return 3;
  return (row.overlay?.moved ?? 0) + Math.abs(deltaOf(row.nullShare)?.by ?? 0);
}
