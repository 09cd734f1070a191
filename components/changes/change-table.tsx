import type { ReactNode } from "react";
import type { ChangeRequestSummary } from "@/lib/registry/change-schema";
import { DataTable } from "../ui/data-table";
import { RelativeTime } from "../ui/relative-time";
import { ChangeStateBadge } from "../ui/status-badge";
import classes from "./changes.module.css";
import { CheckMarks } from "./checks";
import { changeHref, titleOf } from "./words";

/** Change requests to judge from the list: what, by whom, how old, how many approvals, what the checks found. */
export function ChangeTable({
  changes,
  empty,
  caption,
  closed,
}: {
  changes: ChangeRequestSummary[];
  empty: ReactNode;
  caption: string;
  /** Whether some may be closed, so that it matters when. */
  closed: boolean;
}): React.ReactElement {
  return (
    <DataTable
      caption={caption}
      rows={changes}
      rowKey={(change) => change.id}
      rowHref={changeHref}
      empty={empty}
      columns={[
        {
          key: "what",
          header: "Change request",
          render: (change) => (
            <span className={classes.what}>
              <strong>
                <span className="number">#{change.number}</span> {titleOf(change)}
              </strong>
              <span className={classes.reason} title={change.reason}>
                {change.reason}
              </span>
            </span>
          ),
        },
        { key: "state", header: "State", render: (change) => <ChangeStateBadge state={change.state} /> },
        { key: "checks", header: "Checks", render: (change) => <CheckMarks checks={change.checks} /> },
        {
          key: "approvals",
          header: "Approvals",
          align: "right",
          render: (change) => `${change.approvals} of ${change.requiredApprovals}`,
        },
        { key: "by", header: "Asked for by", render: (change) => change.requestedBy.name },
        { key: "at", header: "Asked for", render: (change) => <RelativeTime at={change.requestedAt} /> },
        ...(closed
          ? [
              {
                key: "closed",
                header: "Closed",
                wide: true,
                render: (change: ChangeRequestSummary) => <RelativeTime at={change.closedAt} />,
              },
            ]
          : []),
      ]}
    />
  );
}
