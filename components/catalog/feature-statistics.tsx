import type { Value } from "@/lib/kernel/values";
import type { FeatureDetail, Statistics } from "@/lib/registry/schema";
import { Histogram } from "../charts/histogram";
import { TopValues } from "../charts/top-values";
import { formatCount, formatNumber, formatShare } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { writeValue } from "../ui/value-cell";
import { FactList } from "./section";

function written(value: Value, type: string): string {
  if (value === null) return "–";
  return typeof value === "number" ? formatNumber(value) : writeValue(value, type);
}

const QUANTILES: [keyof NonNullable<Statistics["quantiles"]>, string][] = [
  ["p01", "1 %"],
  ["p05", "5 %"],
  ["p25", "25 %"],
  ["p50", "50 % (median)"],
  ["p75", "75 %"],
  ["p95", "95 %"],
  ["p99", "99 %"],
];

/** How the values of a feature are distributed: a histogram for numbers, else the most frequent values. */
export function Distribution({
  feature,
  statistics,
}: {
  feature: FeatureDetail;
  statistics: Statistics;
}): React.ReactElement {
  if (statistics.histogram) {
    return (
      <Histogram
        title="Distribution"
        unit={feature.unit}
        bins={statistics.histogram}
        quantiles={statistics.quantiles}
      />
    );
  }
  return (
    <TopValues
      title="Most frequent values"
      topValues={statistics.topValues}
      present={statistics.count - statistics.nulls}
      distinct={statistics.distinct}
    />
  );
}

/** The statistics of a feature with their denominators, and which commit they were computed from. */
export function FeatureStatistics({
  feature,
  statistics,
}: {
  feature: FeatureDetail;
  statistics: Statistics;
}): React.ReactElement {
  const unit = feature.unit ? ` ${feature.unit}` : "";
  const { count, nulls, nonFinite, quantiles } = statistics;
  const numeric = statistics.mean !== null;
  const facts = [
    { name: "Rows", value: formatCount(count) },
    {
      name: "Null",
      value: `${formatCount(nulls)} (${formatShare(count > 0 ? nulls / count : 0)} of ${formatCount(count)} rows)`,
    },
    ...(nonFinite > 0 ? [{ name: "NaN or infinite", value: formatCount(nonFinite) }] : []),
    { name: "Distinct", value: formatCount(statistics.distinct) },
    { name: "Minimum", value: written(statistics.min, feature.dataType) + (numeric ? unit : "") },
    { name: "Maximum", value: written(statistics.max, feature.dataType) + (numeric ? unit : "") },
    ...(numeric
      ? [
          { name: "Mean", value: formatNumber(statistics.mean) + unit },
          { name: "Standard deviation", value: formatNumber(statistics.stddev) + unit },
        ]
      : []),
    ...(quantiles ? QUANTILES.map(([key, name]) => ({ name, value: formatNumber(quantiles[key]) + unit })) : []),
    ...(feature.statisticsAt
      ? [
          {
            name: "Computed",
            value: (
              <>
                <RelativeTime at={feature.statisticsAt.computedAt} /> from commit{" "}
                {formatCount(feature.statisticsAt.commitSequence)}
              </>
            ),
          },
        ]
      : []),
  ];
  return <FactList facts={facts} />;
}
