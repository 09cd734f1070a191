"use client";

import { LINEAGE_KINDS } from "@/lib/lineage/schema";
import { formatCount } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { StatusBadge } from "../ui/status-badge";
import { KIND_LABELS, type litBy, type VisibleGraph, type VisibleNode } from "./graph";
import { KindIcon } from "./kind-icon";
import classes from "./lineage.module.css";

function Row({
  item,
  tone,
  onPick,
  onToggle,
}: {
  item: VisibleNode;
  tone: "plain" | "lit" | "dim" | "selected";
  onPick: (id: string) => void;
  onToggle: (group: string) => void;
}): React.ReactElement {
  const { node, featureCount, expanded } = item;
  return (
    <li className={classes.listRow} data-tone={tone}>
      <button
        type="button"
        className={classes.neighbour}
        aria-pressed={tone === "selected"}
        onClick={() => onPick(node.id)}
      >
        <KindIcon kind={node.kind} />
        <span className={classes.name}>{node.kind === "feature" ? `${node.group}:${node.name}` : node.name}</span>
      </button>
      {tone === "lit" && <span className={classes.quiet}>on the path</span>}
      {featureCount > 0 && (
        <button type="button" className={classes.link} aria-expanded={expanded} onClick={() => onToggle(node.name)}>
          {expanded ? "Hide" : "Show"} {formatCount(featureCount)} features
          <span className="visually-hidden"> of {node.name}</span>
        </button>
      )}
      <span className={classes.listFacts}>
        {node.status && <StatusBadge status={node.status} />}
        {node.rowCount !== null && <span className="number">{formatCount(node.rowCount)} rows</span>}
        {node.lastEventTime && <RelativeTime at={node.lastEventTime} />}
      </span>
    </li>
  );
}

/** The same lineage without drawing: nodes by kind, to read and to pick by keyboard. */
export function NodeList({
  visible,
  lit,
  selected,
  onPick,
  onToggle,
}: {
  visible: VisibleGraph;
  lit: ReturnType<typeof litBy>;
  selected: string | null;
  onPick: (id: string) => void;
  onToggle: (group: string) => void;
}): React.ReactElement {
  return (
    <div className={classes.list}>
      {LINEAGE_KINDS.map((kind) => {
        const items = visible.nodes.filter((item) => item.node.kind === kind);
        if (items.length === 0) return null;
        return (
          <section key={kind}>
            <h2 className={classes.panelHead}>
              {KIND_LABELS[kind].many} <span className="number">{formatCount(items.length)}</span>
            </h2>
            <ul className={classes.neighbours}>
              {items.map((item) => {
                const id = item.node.id;
                const tone = lit === null ? "plain" : id === selected ? "selected" : lit.nodes.has(id) ? "lit" : "dim";
                return <Row key={id} item={item} tone={tone} onPick={onPick} onToggle={onToggle} />;
              })}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
