import Link from "next/link";
import type { LineageNode } from "@/lib/lineage/schema";
import { LinkButton } from "../ui/link-button";
import { formatCompact } from "../ui/numbers";
import { lineageHref } from "./links";
import { type Neighbours, nodeHref } from "./neighbours";
import classes from "./one-hop.module.css";

const KINDS: Record<LineageNode["kind"], string> = {
  source: "source",
  feature_group: "feature group",
  feature: "feature",
  feature_view: "feature view",
  consumer: "consumer",
  training_set: "training set",
};
const SHOWN = 8;

function Side({ title, nodes, none }: { title: string; nodes: LineageNode[]; none: string }): React.ReactElement {
  return (
    <div className={classes.side}>
      <h3 className={classes.title}>{title}</h3>
      {nodes.length === 0 && <p className={classes.quiet}>{none}</p>}
      <ul className={classes.nodes}>
        {nodes.slice(0, SHOWN).map((node) => (
          <li key={node.id}>
            <Link href={nodeHref(node)} className="mono">
              {node.name}
            </Link>{" "}
            <span className={classes.quiet}>
              {KINDS[node.kind]}
              {node.rowCount !== null && `, ${formatCompact(node.rowCount)} rows`}
            </span>
          </li>
        ))}
      </ul>
      {nodes.length > SHOWN && <p className={classes.quiet}>and {nodes.length - SHOWN} more</p>}
    </div>
  );
}

/** What something is made from and what is made from it, with the way to the lineage explorer. */
export function OneHop({
  node,
  name,
  neighbours,
}: {
  node: string;
  name: string;
  neighbours: Neighbours;
}): React.ReactElement {
  return (
    <div>
      <div className={classes.hop}>
        <Side title="Made from" nodes={neighbours.upstream} none="Nothing registered." />
        <div className={classes.self}>
          <span aria-hidden>→</span>
          <strong className="mono">{name}</strong>
          <span aria-hidden>→</span>
        </div>
        <Side title="Used in" nodes={neighbours.downstream} none="No feature view reads it yet." />
      </div>
      <LinkButton href={lineageHref(node)} variant="default">
        Open in the lineage explorer
      </LinkButton>
    </div>
  );
}
