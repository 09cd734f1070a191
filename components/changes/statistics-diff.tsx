import Link from "next/link";
import type { ChangeDiff } from "@/lib/registry/change-schema";
import type { FeatureSummary } from "@/lib/registry/schema";
import { featureHref } from "../catalog/links";
import { OverlaidHistogram } from "../charts/overlaid-histogram";
import { Sparkline } from "../charts/sparkline";
import { DataTable, type DataTableColumn } from "../ui/data-table";
import { EmptyState } from "../ui/empty-state";
import { formatCompact, formatCount, formatNumber, formatShare } from "../ui/numbers";
import classes from "./changes.module.css";
import { type Pair, prepareStatistics, type StatisticsRow } from "./prepare-statistics";

const MAX_CHARTS = 9;
const MAX_ROWS = 200;

type Subject = Pick<FeatureSummary, "name" | "reference" | "unit">;

function Figure({ pair, format }: { pair: Pair; format: (value: number) => string }): React.ReactElement {
  const written = (value: number | null): string => (value === null ? "–" : format(value));
  const [before, after] = [written(pair.before), written(pair.after)];
  if (pair.before === null || before === after) return <span className={classes.change}>{after}</span>;
  return (
    <span className={classes.change}>
      <span className={classes.quiet}>{before} →</span> <strong>{after}</strong>
    </span>
  );
}

function columnsOf(features: Subject[]): DataTableColumn<StatisticsRow>[] {
  const figure = (
    key: "rows" | "nullShare" | "distinct" | "mean" | "p05" | "p50" | "p95",
    header: string,
    format: (value: number) => string,
  ): DataTableColumn<StatisticsRow> => ({
    key,
    header,
    align: "right",
    render: (row) => <Figure pair={row[key]} format={format} />,
  });
  return [
    {
      key: "feature",
      header: "Feature",
      render: (row) => {
        const found = features.find(({ name }) => name === row.feature);
        return found ? (
          <Link href={featureHref(found.reference)} className="mono" prefetch={false}>
            {row.feature}
          </Link>
        ) : (
          <span className="mono">{row.feature}</span>
        );
      },
    },
    {
      key: "distribution",
      header: "Distribution",
      width: 110,
      render: (row) => (
        <Sparkline
          bars={row.bars}
          label={row.bars ? `Distribution of ${row.feature}` : `No statistics of ${row.feature} yet`}
        />
      ),
    },
    figure("rows", "Rows", formatCompact),
    figure("nullShare", "Null", formatShare),
    figure("distinct", "Distinct", formatCompact),
    figure("mean", "Mean", formatNumber),
    figure("p05", "5 %", formatNumber),
    figure("p50", "Median", formatNumber),
    figure("p95", "95 %", formatNumber),
  ];
}

/** How the values of the features of a change request differ from those last approved. */
export function StatisticsDiff({
  statistics,
  features,
}: {
  statistics: ChangeDiff["statistics"];
  /** Those of them that are still there. */
  features: Subject[];
}): React.ReactElement {
  const rows = prepareStatistics(statistics);
  const drawn = rows.flatMap((row) => (row.overlay ? [{ feature: row.feature, overlay: row.overlay }] : []));
  return (
    <>
      <DataTable
        caption="Statistics before and after"
        rows={rows.slice(0, MAX_ROWS)}
        rowKey={(row) => row.feature}
        columns={columnsOf(features)}
        empty={<EmptyState title="No statistics">The request names no feature that still exists.</EmptyState>}
      />
      {rows.length > MAX_ROWS && (
        <p className={classes.quiet}>
          {formatCount(rows.length - MAX_ROWS)} more features are in the answer of the API.
        </p>
      )}
      {drawn.length > 0 && (
        <>
          <div className={classes.multiples}>
            {drawn.slice(0, MAX_CHARTS).map(({ feature, overlay }) => (
              <OverlaidHistogram
                key={feature}
                title={feature}
                unit={features.find(({ name }) => name === feature)?.unit ?? null}
                drawn={overlay}
              />
            ))}
          </div>
          {drawn.length > MAX_CHARTS && (
            <p className={classes.quiet}>
              The {MAX_CHARTS} distributions that moved most; {formatCount(drawn.length - MAX_CHARTS)} moved less.
            </p>
          )}
        </>
      )}
    </>
  );
}

/** What the outline and the bars of the overlaid distributions stand for. */
export function StatisticsLegend(): React.ReactElement {
  return (
    <span className={classes.legend}>
      <span>
        <i className={classes.outline} aria-hidden /> last approved
      </span>
      <span>
        <i aria-hidden /> as requested
      </span>
    </span>
  );
}
