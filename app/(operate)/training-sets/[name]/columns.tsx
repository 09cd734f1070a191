import Link from "next/link";
import { featureHref } from "@/components/catalog/links";
import { DataTable } from "@/components/ui/data-table";
import { formatCount, formatShare } from "@/components/ui/numbers";
import type { Manifest } from "@/lib/datasets/schema";
import { formatDuration } from "@/lib/kernel/time";
import classes from "./null-shares.module.css";

function Nulls({ count, of }: { count: number; of: number }): React.ReactElement {
  const share = of === 0 ? 0 : count / of;
  return (
    <span className={`${classes.cell} number`} title={`${formatCount(count)} of ${formatCount(of)} rows`}>
      <span className={classes.bar} aria-hidden>
        <span className={classes.fill} style={{ width: `${share * 100}%` }} />
      </span>
      {formatShare(share)}
    </span>
  );
}

/** Every column of a training set: what it holds, from which version and commit, and how much of it is null. */
export function Columns({ manifest }: { manifest: Manifest }): React.ReactElement {
  const features = new Map(manifest.features.map((feature) => [feature.column, feature]));
  const rows = manifest.columns.map((column) => ({ ...column, feature: features.get(column.name) ?? null }));
  const role = (name: string): string => {
    if (name === manifest.spine.timestampColumn) return "time of the row";
    return name === manifest.spine.label ? "label" : "spine";
  };
  return (
    <DataTable
      caption="Columns"
      rows={rows}
      rowKey={(row) => row.name}
      empty={null}
      columns={[
        { key: "name", header: "Column", render: (row) => <span className="mono">{row.name}</span> },
        { key: "type", header: "Type", render: (row) => <span className="mono">{row.type}</span> },
        {
          key: "nulls",
          header: "Null",
          align: "right",
          render: (row) => <Nulls count={manifest.nullCounts[row.name] ?? 0} of={manifest.rowCount} />,
        },
        {
          key: "filled",
          header: "Filled",
          align: "right",
          render: (row) => (manifest.filledCounts[row.name] ? formatCount(manifest.filledCounts[row.name]) : "–"),
        },
        {
          key: "feature",
          header: "From",
          render: (row) =>
            row.feature ? (
              <Link href={featureHref(row.feature.reference.replace(/@\d+/, ""))} className="mono" prefetch={false}>
                {row.feature.reference}
              </Link>
            ) : (
              role(row.name)
            ),
        },
        { key: "version", header: "Version", align: "right", render: (row) => row.feature?.groupVersion ?? "–" },
        {
          key: "ttl",
          header: "Keeps",
          render: (row) =>
            row.feature ? (row.feature.ttlSeconds === null ? "for ever" : formatDuration(row.feature.ttlSeconds)) : "",
        },
        {
          key: "commits",
          header: "Commits",
          render: (row) => (
            <span className="mono" title={row.feature?.commitIds.join(", ")}>
              {row.feature
                ? `${row.feature.commitIds.at(-1)?.slice(-8) ?? "–"}${row.feature.commitIds.length > 1 ? ` +${row.feature.commitIds.length - 1}` : ""}`
                : ""}
            </span>
          ),
        },
      ]}
    />
  );
}
