import type { Run } from "@/lib/kernel/run";
import { DataTable } from "../ui/data-table";
import { EmptyState } from "../ui/empty-state";
import { formatSeconds } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { RunStateBadge } from "../ui/status-badge";

function secondsOf(run: Run): number | null {
  return run.startedAt && run.finishedAt ? (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000 : null;
}

/** The runs that worked on a group, newest first. */
export function GroupRuns({ runs }: { runs: Run[] }): React.ReactElement {
  return (
    <DataTable
      caption="Runs"
      rows={runs}
      rowKey={(run) => run.id}
      rowHref={(run) => `/runs/${run.id}`}
      empty={<EmptyState title="No runs yet">Recompute the group to start one.</EmptyState>}
      columns={[
        { key: "title", header: "Run", render: (run) => run.title },
        { key: "state", header: "State", render: (run) => <RunStateBadge state={run.state} /> },
        { key: "asked", header: "Asked for", render: (run) => <RelativeTime at={run.createdAt} /> },
        { key: "took", header: "Took", align: "right", render: (run) => formatSeconds(secondsOf(run)) },
        { key: "by", header: "By", wide: true, render: (run) => run.requestedBy },
        { key: "error", header: "Error", wide: true, render: (run) => run.error?.detail ?? "–" },
      ]}
    />
  );
}
