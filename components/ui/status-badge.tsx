import type { CSSProperties } from "react";
import type { RunState } from "@/lib/kernel/run";
import type { ChangeState } from "@/lib/registry/change-schema";
import classes from "./status-badge.module.css";

type Look = { tone: string; shape: string; text: string };

const STATUS: Record<string, Look> = {
  DRAFT: { tone: "idle", shape: "hollow", text: "Draft" },
  ACTIVE: { tone: "ok", shape: "dot", text: "Active" },
  DEPRECATED: { tone: "warn", shape: "square", text: "Deprecated" },
  RETIRED: { tone: "idle", shape: "square", text: "Retired" },
};

const STATE: Record<RunState, Look> = {
  QUEUED: { tone: "idle", shape: "hollow", text: "Queued" },
  RUNNING: { tone: "info", shape: "pulse", text: "Running" },
  SUCCEEDED: { tone: "ok", shape: "dot", text: "Succeeded" },
  FAILED: { tone: "danger", shape: "square", text: "Failed" },
  CANCELLED: { tone: "idle", shape: "square", text: "Cancelled" },
};

const CHANGE: Record<ChangeState, Look> = {
  OPEN: { tone: "info", shape: "hollow", text: "Open" },
  APPROVED: { tone: "ok", shape: "dot", text: "Approved" },
  REJECTED: { tone: "danger", shape: "square", text: "Rejected" },
  WITHDRAWN: { tone: "idle", shape: "square", text: "Withdrawn" },
  SUPERSEDED: { tone: "idle", shape: "square", text: "Superseded" },
  CONFLICTED: { tone: "warn", shape: "square", text: "Conflict" },
};

function Badge({ look }: { look: Look }): React.ReactElement {
  return (
    <span className={classes.badge} style={{ "--tone": `var(--larder-${look.tone})` } as CSSProperties}>
      <span className={`${classes.dot} ${classes[look.shape] ?? ""}`} aria-hidden />
      {look.text}
    </span>
  );
}

/** The lifecycle status of a feature: a word and a mark whose shape differs too, not only its colour. */
export function StatusBadge({ status }: { status: string }): React.ReactElement {
  return <Badge look={STATUS[status] ?? { tone: "idle", shape: "hollow", text: status }} />;
}

/** The state of a run, in the same form as a feature's status. */
export function RunStateBadge({ state }: { state: RunState }): React.ReactElement {
  return <Badge look={STATE[state]} />;
}

/** The state of a change request, in the same form as a feature's status. */
export function ChangeStateBadge({ state }: { state: ChangeState }): React.ReactElement {
  return <Badge look={CHANGE[state]} />;
}
