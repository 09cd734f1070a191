import Link from "next/link";
import { featureHref } from "@/components/catalog/links";
import { NullShare } from "@/components/training/null-share";
import { DataTable } from "@/components/ui/data-table";
import { formatCount } from "@/components/ui/numbers";
import type { Manifest } from "@/lib/datasets/training-schema";
import { formatDuration } from "@/lib/kernel/time";

/** Every column of a training set: what it holds, from which version and commit, and how much of it is null. */
export function Columns({ manifest }: { manifest: Manifest }): React.ReactElement {
  const features = new Map(manifest.features.map((feature) => [feature.column, feature]));
  const rows = manifest.columns.map((column) => ({ ...column, feature: features.get(column.name) ?? null }));
  const role = (name: string): string => {
    if (name === manifest.spine.timestampColumn) return "time of the row";
    if (name === manifest.split?.column) return "split";
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
          render: (row) => <NullShare count={manifest.nullCounts[row.name] ?? 0} of={manifest.rowCount} />,
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
        {
          key: "ttl",
          header: "Keeps",
          render: (row) =>
            row.feature ? (row.feature.ttlSeconds === null ? "for ever" : formatDuration(row.feature.ttlSeconds)) : "",
        },
        {
          key: "commit",
          header: "Commit",
          align: "right",
          render: (row) => (
            <span title={row.feature?.commitIds.join(", ")}>
              {row.feature
                ? row.feature.commitSequence === undefined
                  ? (row.feature.commitIds.at(-1)?.slice(-8) ?? "–")
                  : formatCount(row.feature.commitSequence)
                : ""}
            </span>
          ),
        },
      ]}
    />
  );
}
