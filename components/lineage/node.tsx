"use client";

import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { createContext, memo, useContext } from "react";
import { formatCompact, formatCount } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { KIND_LABELS, type VisibleNode } from "./graph";
import { KindIcon } from "./kind-icon";
import classes from "./lineage.module.css";

export type Tone = "plain" | "lit" | "dim" | "selected";
export type CardNode = Node<{ item: VisibleNode; tone: Tone }, "card">;

/** What a node on the canvas can ask for; stable, so that nodes stay memoized. */
export const NodeActions = createContext<{ pick: (id: string) => void; toggle: (group: string) => void }>({
  pick: () => undefined,
  toggle: () => undefined,
});

function Status({ status }: { status: string | null }): React.ReactElement | null {
  if (status === null) return null;
  return (
    <span className={classes.status} data-status={status}>
      {status.toLowerCase().replace("_", " ")}
    </span>
  );
}

function Card({ data }: NodeProps<CardNode>): React.ReactElement {
  const { item, tone } = data;
  const { node, featureCount, expanded } = item;
  const { pick, toggle } = useContext(NodeActions);
  const small = node.kind === "feature";
  return (
    <div className={classes.node} data-tone={tone} data-kind={node.kind}>
      <Handle type="target" position={Position.Left} isConnectable={false} className={classes.handle} />
      <button
        type="button"
        className={`${classes.pick} nopan`}
        aria-pressed={tone === "selected"}
        aria-label={`${KIND_LABELS[node.kind].one} ${node.name}`}
        data-node={node.id}
        onClick={() => pick(node.id)}
      >
        {!small && (
          <span className={classes.kind}>
            <KindIcon kind={node.kind} size={13} />
            {KIND_LABELS[node.kind].one}
            <Status status={node.status} />
          </span>
        )}
        <span className={classes.name}>{node.name}</span>
        {!small && (
          <span className={classes.facts}>
            {node.rowCount !== null && <span>{formatCompact(node.rowCount)} rows</span>}
            {node.lastEventTime !== null && (
              <span>
                <span className="visually-hidden">last event </span>
                <RelativeTime at={node.lastEventTime} />
              </span>
            )}
          </span>
        )}
        {small && node.status !== "ACTIVE" && <Status status={node.status} />}
      </button>
      {featureCount > 0 && (
        <button
          type="button"
          className={`${classes.toggle} nopan`}
          aria-expanded={expanded}
          aria-label={`${expanded ? "Hide" : "Show"} the ${formatCount(featureCount)} features of ${node.name}`}
          onClick={() => toggle(node.name)}
        >
          <span className="number">{formatCount(featureCount)}</span>
          {expanded ? <IconChevronDown size={13} aria-hidden /> : <IconChevronRight size={13} aria-hidden />}
        </button>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} className={classes.handle} />
    </div>
  );
}

/** A node of the lineage canvas: what it is, its health, and for groups a button that opens it. */
export const CardView = memo(Card, (before, after) => before.data === after.data);
