import { groupHref } from "@/components/catalog/links";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { formatBytes, formatCount } from "@/components/ui/numbers";
import type { GroupStorage } from "@/lib/datasets/storage-schema";
import classes from "./storage.module.css";

function Size({ group, most }: { group: GroupStorage; most: number }): React.ReactElement {
  const width = (bytes: number): string => `${most === 0 ? 0 : (bytes / most) * 100}%`;
  return (
    <span className={`${classes.cell} number`}>
      <span className={classes.bar} aria-hidden>
        <span className={classes.live} style={{ width: width(group.liveBytes) }} />
        <span className={classes.older} style={{ width: width(group.bytes - group.liveBytes) }} />
      </span>
      {formatBytes(group.bytes)}
    </span>
  );
}

/** What each group version takes up: its newest data, and what only older commits need. */
export function GroupSizes({ groups }: { groups: GroupStorage[] }): React.ReactElement {
  const most = Math.max(0, ...groups.map((group) => group.bytes));
  return (
    <DataTable
      caption="Bytes by feature group"
      rows={groups}
      rowKey={(group) => `${group.name}@${group.version}`}
      rowHref={(group) => groupHref(group.name)}
      empty={
        <EmptyState title="Nothing is stored yet">
          <p>Files appear here when a feature group is computed or written for the first time.</p>
        </EmptyState>
      }
      columns={[
        {
          key: "name",
          header: "Feature group",
          render: (group) => (
            <span className="mono">
              {group.name}@{group.version}
            </span>
          ),
        },
        {
          key: "bytes",
          header: "All commits",
          align: "right",
          render: (group) => <Size group={group} most={most} />,
        },
        { key: "live", header: "Newest data", align: "right", render: (group) => formatBytes(group.liveBytes) },
        { key: "files", header: "Files", align: "right", render: (group) => formatCount(group.files), wide: true },
        {
          key: "liveFiles",
          header: "Files of the newest",
          align: "right",
          render: (group) => formatCount(group.liveFiles),
          wide: true,
        },
      ]}
    />
  );
}
