import type { Run } from "@/lib/kernel/run";
import type { GroupDetail } from "@/lib/registry/schema";
import { DataTable } from "../ui/data-table";
import { EmptyState } from "../ui/empty-state";
import { formatMinute } from "../ui/instants";
import { formatCount, formatSeconds } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { RunStateBadge } from "../ui/status-badge";
import { FactList } from "./section";

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

/** How far the online store is with a group's data. */
export function MaterializationFacts({ group }: { group: GroupDetail }): React.ReactElement {
  const { materialization } = group;
  if (!group.online)
    return (
      <EmptyState title="Not served online">
        The definition says online: false; its values are for training only.
      </EmptyState>
    );
  if (!materialization)
    return (
      <EmptyState title="Not loaded yet">
        The online store is filled right after the group is computed. Recompute it to start.
      </EmptyState>
    );
  return (
    <FactList
      facts={[
        { name: "Keys loaded", value: formatCount(materialization.rowCount) },
        { name: "Up to event time", value: formatMinute(materialization.watermarkEventTime) },
        { name: "Up to commit", value: formatCount(materialization.watermarkSequence) },
        {
          name: "Behind",
          value:
            materialization.lag === 0
              ? "nothing: it is at the newest commit"
              : `${formatCount(materialization.lag)} commits`,
        },
        { name: "Loaded", value: <RelativeTime at={materialization.updatedAt} /> },
      ]}
    />
  );
}
