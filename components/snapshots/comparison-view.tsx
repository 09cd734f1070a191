import type { ReactNode } from "react";
import type { ComparedGroup, Moment } from "@/lib/quality/comparison-schema";
import { Section } from "../catalog/section";
import { OverlaidHistogram } from "../charts/overlaid-histogram";
import { DataTable, type DataTableColumn } from "../ui/data-table";
import { EmptyState } from "../ui/empty-state";
import { formatMinute } from "../ui/instants";
import { formatBytes, formatCount, formatNumber, formatShare } from "../ui/numbers";
import { deltaWords } from "./delta-words";
import { type FeatureRow, type Figure, prepareComparison } from "./prepare-comparison";
import classes from "./snapshots.module.css";

const MAX_ROWS = 200;
const MAX_CHARTS = 12;
const COLUMN_WORDS = { added: "added", removed: "removed", type: "other type" } as const;
const ROLE_WORDS = {
  key: "join key",
  event_time: "event time",
  created_time: "created time",
  feature: "feature",
} as const;

type Format = (value: number) => string;

function FigureCell({
  figure,
  format,
  points = false,
}: {
  figure: Figure;
  format: Format;
  points?: boolean;
}): React.ReactElement {
  const written = (value: number | null): string => (value === null ? "–" : format(value));
  const delta = deltaWords(figure, format, points);
  if (figure.from === null || figure.from === figure.to)
    return <span className={classes.figure}>{written(figure.to)}</span>;
  return (
    <span className={classes.figure}>
      <span className={classes.quiet}>{written(figure.from)} →</span> <strong>{written(figure.to)}</strong>
      {delta && <span className={classes.delta}>{delta}</span>}
    </span>
  );
}

function Sizes({ from, to }: { from: Moment; to: Moment }): React.ReactElement {
  const figure = (pick: (moment: Moment) => number, format: Format): ReactNode => (
    <FigureCell figure={{ from: pick(from), to: pick(to) }} format={format} />
  );
  const text = (pick: (moment: Moment) => string): ReactNode =>
    pick(from) === pick(to) ? pick(to) : `${pick(from)} → ${pick(to)}`;
  return (
    <DataTable
      caption="Sizes"
      rows={[
        { name: "Rows", value: figure((moment) => moment.rowCount, formatCount) },
        { name: "Size", value: figure((moment) => moment.byteCount, formatBytes) },
        { name: "Files", value: figure((moment) => moment.fileCount, formatCount) },
        { name: "Version", value: text((moment) => formatCount(moment.version)) },
        { name: "Commit", value: text((moment) => formatCount(moment.commit)) },
        { name: "Committed", value: text((moment) => formatMinute(moment.committedAt)) },
      ]}
      rowKey={(row) => row.name}
      empty={null}
      columns={[
        { key: "name", header: "Of the group", render: (row) => row.name },
        { key: "value", header: "From → to", align: "right", render: (row) => row.value },
      ]}
    />
  );
}

function figureColumn(
  key: "nullShare" | "distinct" | "mean" | "stddev" | "p05" | "p50" | "p95",
  header: string,
  format: Format,
  points = false,
): DataTableColumn<FeatureRow> {
  const render = (row: FeatureRow): ReactNode => <FigureCell figure={row[key]} format={format} points={points} />;
  return { key, header, align: "right", render };
}

const STATISTICS: DataTableColumn<FeatureRow>[] = [
  {
    key: "feature",
    header: "Feature",
    render: (row) => (
      <>
        <span className="mono">{row.feature}</span>
        {row.place !== "both" && <span className={classes.delta}>{row.place === "to" ? "new" : "gone"}</span>}
        {row.masked && <span className={classes.delta}>personal: counts only</span>}
      </>
    ),
  },
  { key: "moved", header: "Moved", align: "right", render: (row) => formatShare(row.overlay?.moved) },
  figureColumn("nullShare", "Null", formatShare, true),
  figureColumn("distinct", "Distinct", formatCount),
  figureColumn("mean", "Mean", formatNumber),
  figureColumn("stddev", "Std. dev.", formatNumber),
  figureColumn("p05", "5 %", formatNumber),
  figureColumn("p50", "Median", formatNumber),
  figureColumn("p95", "95 %", formatNumber),
];

/** What differs between two moments of a feature group: sizes, columns, statistics and distributions. */
export function ComparisonView({ compared }: { compared: ComparedGroup }): React.ReactElement {
  const { columns, features, same } = prepareComparison(compared);
  const drawn = features.flatMap(({ overlay, feature, unit }) => (overlay ? [{ overlay, feature, unit }] : []));
  return (
    <>
      {same && <p className={classes.note}>Columns, number of rows and statistics are the same on both sides.</p>}
      <Section title="Sizes">
        <Sizes from={compared.from} to={compared.to} />
      </Section>
      <Section title="Columns" aside={`${formatCount(compared.columns.length)} on either side`}>
        <DataTable
          caption="Columns that differ"
          rows={columns}
          rowKey={(column) => `${column.role}:${column.name}`}
          empty={<p className={classes.note}>Both sides have the same columns with the same types.</p>}
          columns={[
            { key: "name", header: "Column", render: (column) => <span className="mono">{column.name}</span> },
            { key: "change", header: "Change", render: (column) => COLUMN_WORDS[column.change] },
            { key: "from", header: "From", render: (column) => <span className="mono">{column.from ?? "–"}</span> },
            { key: "to", header: "To", render: (column) => <span className="mono">{column.to ?? "–"}</span> },
            { key: "role", header: "What it is", wide: true, render: (column) => ROLE_WORDS[column.role] },
          ]}
        />
      </Section>
      <Section title="Statistics" aside="features whose values moved most come first">
        <DataTable
          caption="Statistics of both sides"
          rows={features.slice(0, MAX_ROWS)}
          rowKey={(row) => row.feature}
          columns={STATISTICS}
          empty={<EmptyState title="No features">Neither side has any.</EmptyState>}
        />
        {features.length > MAX_ROWS && (
          <p className={classes.note}>{formatCount(features.length - MAX_ROWS)} more are in the answer of the API.</p>
        )}
      </Section>
      {drawn.length > 0 && (
        <Section
          title="Distributions"
          aside={
            <span className={classes.legend}>
              <span>
                <i className={classes.outline} aria-hidden /> from
              </span>
              <span>
                <i aria-hidden /> to
              </span>
            </span>
          }
        >
          <div className={classes.multiples}>
            {drawn.slice(0, MAX_CHARTS).map(({ overlay, feature, unit }) => (
              <OverlaidHistogram key={feature} title={feature} unit={unit} drawn={overlay} />
            ))}
          </div>
          {drawn.length > MAX_CHARTS && (
            <p className={classes.note}>
              The {MAX_CHARTS} that moved most; {formatCount(drawn.length - MAX_CHARTS)} moved less.
            </p>
          )}
        </Section>
      )}
    </>
  );
}
