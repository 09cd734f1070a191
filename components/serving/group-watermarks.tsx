import type { ServedGroupState } from "@/lib/serving/figures-schema";
import { groupHref } from "../catalog/links";
import { DataTable } from "../ui/data-table";
import { formatAge, formatBytes, formatCompact, formatCount } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import classes from "./serving.module.css";

function Freshness({ group }: { group: ServedGroupState }): React.ReactElement {
  const { freshnessSeconds: age, ttlSeconds } = group;
  if (age === null) return <span className={classes.quiet}>not online yet</span>;
  const tooOld = ttlSeconds !== null && ttlSeconds > 0 && age > ttlSeconds;
  return (
    <span>
      {formatAge(age)}
      {tooOld && <span className={classes.quiet}> · older than its {formatAge(ttlSeconds)}</span>}
    </span>
  );
}

/** How far each group is online: how old its newest event is, and how many commits wait. The stalest come first. */
export function GroupWatermarks({ groups }: { groups: ServedGroupState[] }): React.ReactElement {
  const rows = groups.toSorted(
    (a, b) => b.lagCommits - a.lagCommits || (b.freshnessSeconds ?? 0) - (a.freshnessSeconds ?? 0),
  );
  return (
    <DataTable
      caption="Groups by how far they are online"
      rows={rows}
      rowKey={(group) => `${group.name}@${group.version}`}
      rowHref={(group) => groupHref(group.name)}
      empty={<p style={{ margin: 0, fontSize: 13 }}>No feature group is served online.</p>}
      columns={[
        { key: "name", header: "Feature group", render: ({ name }) => <span className="mono">{name}</span> },
        { key: "freshness", header: "Newest event", render: (group) => <Freshness group={group} /> },
        {
          key: "lag",
          header: "Commits to come",
          align: "right",
          render: ({ lagCommits }) => formatCount(lagCommits),
        },
        {
          key: "watermark",
          header: "Watermark",
          align: "right",
          wide: true,
          render: ({ watermarkSequence, headSequence }) =>
            watermarkSequence === null ? "–" : `${formatCount(watermarkSequence)} of ${formatCount(headSequence)}`,
        },
        { key: "rows", header: "Keys", align: "right", wide: true, render: ({ rows }) => formatCompact(rows) },
        { key: "bytes", header: "Size", align: "right", wide: true, render: ({ bytes }) => formatBytes(bytes) },
        {
          key: "at",
          header: "Materialized",
          wide: true,
          render: ({ materializedAt }) => <RelativeTime at={materializedAt} />,
        },
      ]}
    />
  );
}
