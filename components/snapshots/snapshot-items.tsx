import Link from "next/link";
import type { SnapshotDetail } from "@/lib/datasets/snapshot-schema";
import { groupHref } from "../catalog/links";
import { DataTable } from "../ui/data-table";
import { EmptyState } from "../ui/empty-state";
import { formatBytes, formatCount } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";

/** The commits that a snapshot points to, with what each holds. */
export function SnapshotItems({
  snapshot,
  items,
}: {
  snapshot: string;
  items: SnapshotDetail["items"];
}): React.ReactElement {
  return (
    <DataTable
      caption={`Commits of ${snapshot}`}
      rows={items}
      rowKey={(item) => `${item.group}@${item.version}`}
      empty={<EmptyState title="It holds nothing">The view it was made of reads no feature group.</EmptyState>}
      columns={[
        {
          key: "group",
          header: "Feature group",
          render: (item) =>
            item.rowCount === null ? (
              <span className="mono">{item.group}</span>
            ) : (
              <Link className="mono" href={groupHref(item.group)}>
                {item.group}
              </Link>
            ),
        },
        { key: "version", header: "Version", align: "right", render: (item) => formatCount(item.version) },
        { key: "commit", header: "Commit", align: "right", render: (item) => formatCount(item.commit) },
        {
          key: "rows",
          header: "Rows",
          align: "right",
          render: (item) => (item.rowCount === null ? "the group was deleted" : formatCount(item.rowCount)),
        },
        { key: "bytes", header: "Size", align: "right", wide: true, render: (item) => formatBytes(item.byteCount) },
        { key: "files", header: "Files", align: "right", wide: true, render: (item) => formatCount(item.fileCount) },
        {
          key: "at",
          header: "Committed",
          render: (item) => (item.committedAt ? <RelativeTime at={item.committedAt} /> : "–"),
        },
        {
          key: "newer",
          header: "Since then",
          render: (item) =>
            item.newer === null
              ? "–"
              : item.newer === 0
                ? "nothing: it is the newest"
                : `${formatCount(item.newer)} ${item.newer === 1 ? "commit" : "commits"}`,
        },
        {
          key: "read",
          header: <span className="visually-hidden">Rows</span>,
          render: (item) =>
            item.rowCount === null ? null : (
              <Link href={`${groupHref(item.group)}?tab=data&snapshot=${snapshot}`}>read its rows</Link>
            ),
        },
      ]}
    />
  );
}
