import Link from "next/link";
import type { ReactNode } from "react";
import type { FeatureSummary } from "@/lib/registry/schema";
import { Sparkline } from "../charts/sparkline";
import { DataTable, type DataTableColumn } from "../ui/data-table";
import { formatDay } from "../ui/instants";
import { formatCompact, formatNumber, formatShare } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { StatusBadge } from "../ui/status-badge";
import classes from "./facets.module.css";
import { describeGlance } from "./glance-words";
import { featureHref } from "./links";

/** The status, and of one on its way out until when it is served and what takes its place. */
function StatusCell({ feature }: { feature: FeatureSummary }): React.ReactElement {
  const { status, deprecation } = feature;
  return (
    <>
      <StatusBadge status={status} />
      {deprecation && (
        <span className={classes.leaving} title={deprecation.note}>
          {status === "DEPRECATED" && <>until {formatDay(deprecation.retireOn)}</>}
          {deprecation.replacement && (
            <>
              {" "}
              use{" "}
              <Link href={featureHref(deprecation.replacement)} className="mono">
                {deprecation.replacement}
              </Link>
            </>
          )}
        </span>
      )}
    </>
  );
}

function columnsOf(inGroup: boolean): DataTableColumn<FeatureSummary>[] {
  const columns: DataTableColumn<FeatureSummary>[] = [
    {
      key: "name",
      header: "Feature",
      sortKey: "name",
      render: (feature) => (
        <span className={classes.feature}>
          <span className={classes.featureName}>{feature.name}</span>
          <span className={classes.featureText} title={feature.description || undefined}>
            {feature.description || "no description yet"}
          </span>
        </span>
      ),
    },
    {
      key: "distribution",
      header: "Distribution",
      width: 120,
      render: (feature) => <Sparkline bars={feature.glance?.bars ?? null} label={describeGlance(feature)} />,
    },
    {
      key: "null",
      header: "Null",
      align: "right",
      render: ({ glance }) => (glance ? formatShare(glance.nullShare) : "–"),
    },
    {
      key: "status",
      header: "Status",
      sortKey: "status",
      render: (feature) => <StatusCell feature={feature} />,
    },
    {
      key: "used",
      header: "Reads, 30 d",
      sortKey: "used",
      align: "right",
      wide: true,
      render: ({ requestsIn30Days }) => formatCompact(requestsIn30Days),
    },
    {
      key: "distinct",
      header: "Distinct",
      align: "right",
      wide: true,
      render: ({ glance }) => formatCompact(glance?.distinct),
    },
    {
      key: "mean",
      header: "Mean",
      align: "right",
      wide: true,
      render: ({ glance, unit }) =>
        glance?.mean == null ? "–" : `${formatNumber(glance.mean)}${unit ? ` ${unit}` : ""}`,
    },
    { key: "type", header: "Type", wide: true, render: (feature) => <span className="mono">{feature.dataType}</span> },
    {
      key: "group",
      header: "Group",
      sortKey: "group",
      wide: true,
      render: (feature) => <span className="mono">{feature.group}</span>,
    },
    { key: "owner", header: "Owner", wide: true, render: (feature) => feature.owner ?? "–" },
    {
      key: "event",
      header: "Last event",
      wide: true,
      render: (feature) => <RelativeTime at={feature.freshness.lastEventTime} />,
    },
    {
      key: "updated",
      header: "Updated",
      sortKey: "updated",
      wide: true,
      render: (feature) => <RelativeTime at={feature.updatedAt} />,
    },
  ];
  if (!inGroup) return columns;
  return columns
    .filter((column) => !["group", "event", "updated"].includes(column.key))
    .map(({ sortKey: _, ...column }) => column);
}

/** Features to judge from the list: distribution, nulls, distinct values, mean, status, freshness. */
export function FeatureTable({
  features,
  sort,
  empty,
  caption,
  inGroup = false,
}: {
  features: FeatureSummary[];
  sort?: { key: string; order: "asc" | "desc" };
  empty: ReactNode;
  caption: string;
  /** Within one group's page: no sorting, and no columns that would be the same in every row. */
  inGroup?: boolean;
}): React.ReactElement {
  return (
    <DataTable
      caption={caption}
      rows={features}
      rowKey={(feature) => feature.id}
      rowHref={(feature) => featureHref(feature.reference)}
      sort={sort}
      empty={empty}
      columns={columnsOf(inGroup)}
    />
  );
}
