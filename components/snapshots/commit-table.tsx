import Link from "next/link";
import type { ReactNode } from "react";
import type { CommitEntry } from "@/lib/datasets/snapshot-schema";
import { DataTable } from "../ui/data-table";
import { EmptyState } from "../ui/empty-state";
import { formatDay, formatMinute } from "../ui/instants";
import { formatBytes, formatCount } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { commitWords } from "./commit-words";
import classes from "./snapshots.module.css";

/** The commits of a group, newest first: what each did, what the group held afterwards, and what can be done with it. */
export function CommitTable({
  commits,
  actions,
}: {
  commits: CommitEntry[];
  /** What is offered for a commit, at the end of its row. */
  actions: (commit: CommitEntry) => ReactNode;
}): React.ReactElement {
  return (
    <DataTable
      caption="Commits"
      rows={commits}
      rowKey={(commit) => String(commit.sequence)}
      empty={
        <EmptyState title="No commits yet">
          A commit is one atomic change of the group's rows. The first computation or write makes the first one.
        </EmptyState>
      }
      columns={[
        {
          key: "sequence",
          header: "Commit",
          align: "right",
          width: 80,
          render: (commit) => formatCount(commit.sequence),
        },
        {
          key: "what",
          header: "What it did",
          render: (commit) => (
            <div className={classes.what}>
              {commitWords(commit)}
              {commit.expiredAt && <span className={classes.expired}>expired {formatDay(commit.expiredAt)}</span>}
            </div>
          ),
        },
        { key: "written", header: "Written", align: "right", render: (commit) => formatCount(commit.rowCount) },
        { key: "rows", header: "Rows after", align: "right", render: (commit) => formatCount(commit.liveRows) },
        { key: "bytes", header: "Size", align: "right", wide: true, render: (commit) => formatBytes(commit.byteCount) },
        {
          key: "from",
          header: "Events from",
          wide: true,
          render: (commit) => <span className="number">{formatMinute(commit.minEventTime)}</span>,
        },
        {
          key: "to",
          header: "Events to",
          wide: true,
          render: (commit) => <span className="number">{formatMinute(commit.maxEventTime)}</span>,
        },
        { key: "at", header: "Committed", render: (commit) => <RelativeTime at={commit.committedAt} /> },
        {
          key: "by",
          header: "By",
          wide: true,
          render: (commit) =>
            commit.runId ? <Link href={`/runs/${commit.runId}`}>a run</Link> : (commit.createdBy ?? "–"),
        },
        {
          key: "snapshots",
          header: "Snapshots",
          render: (commit) =>
            commit.snapshots.length === 0 ? (
              "–"
            ) : (
              <span className={classes.names}>
                {commit.snapshots.map((name) => (
                  <Link key={name} className="mono" href={`/snapshots/${name}`}>
                    {name}
                  </Link>
                ))}
              </span>
            ),
        },
        {
          key: "actions",
          header: <span className="visually-hidden">Actions</span>,
          align: "right",
          render: actions,
        },
      ]}
    />
  );
}
