import type { CSSProperties } from "react";
import { nodeHref } from "@/components/catalog/neighbours";
import type { Reading } from "@/components/catalog/reads";
import classes from "@/components/changes/changes.module.css";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { RelativeTime } from "@/components/ui/relative-time";
import { StatusBadge } from "@/components/ui/status-badge";

const ORDER = ["RETIRED", "DEPRECATED", "DRAFT", "ACTIVE"];

function rankOf({ node }: Reading): number {
  return ORDER.indexOf(node.status ?? "ACTIVE");
}

/** Says that something a consumer reads is on its way out or gone; nothing while all is well. */
export function LeavingNotice({ readings }: { readings: Reading[] }): React.ReactElement | null {
  const leaving = readings.filter(({ node }) => node.status === "DEPRECATED" || node.status === "RETIRED");
  if (leaving.length === 0) return null;
  return (
    <div className={classes.notice} style={{ "--tone": "var(--larder-warn)" } as CSSProperties} role="note">
      <p>
        {leaving.length === 1 ? "One feature that it reads is" : `${leaving.length} features that it reads are`}{" "}
        deprecated or retired: each feature's page says what to use instead.
      </p>
    </div>
  );
}

/** Every feature a consumer reads and through which view; those that need attention first. */
export function ReadFeatures({ readings }: { readings: Reading[] }): React.ReactElement {
  return (
    <DataTable
      caption="Features it reads"
      rows={[...readings].sort((a, b) => rankOf(a) - rankOf(b))}
      rowKey={({ node }) => node.id}
      rowHref={({ node }) => nodeHref(node)}
      empty={<EmptyState title="It reads nothing">Its definition names neither feature views nor features.</EmptyState>}
      columns={[
        { key: "name", header: "Feature", render: ({ node }) => <span className="mono">{node.name}</span> },
        { key: "status", header: "Status", render: ({ node }) => <StatusBadge status={node.status ?? ""} /> },
        {
          key: "through",
          header: "Read through",
          render: ({ through }) =>
            through.length > 0 ? (
              <span className="mono">{through.map((view) => view.name).join(", ")}</span>
            ) : (
              "directly"
            ),
        },
        { key: "group", header: "Group", render: ({ node }) => <span className="mono">{node.group}</span> },
        { key: "owner", header: "Owner", render: ({ node }) => node.owner ?? "nobody yet" },
        { key: "event", header: "Last event", render: ({ node }) => <RelativeTime at={node.lastEventTime} /> },
      ]}
    />
  );
}
