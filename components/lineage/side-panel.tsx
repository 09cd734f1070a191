"use client";

import { CloseButton } from "@mantine/core";
import { LinkButton } from "../ui/link-button";
import { formatCount } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { StatusBadge } from "../ui/status-badge";
import { ColumnPanel } from "./column-panel";
import { type GraphIndex, KIND_LABELS, type LineagePath } from "./graph";
import { KindIcon } from "./kind-icon";
import classes from "./lineage.module.css";
import { hrefOfNode } from "./links";

const SHOWN = 12;

function Neighbours({
  title,
  ids,
  index,
  onPick,
}: {
  title: string;
  ids: readonly string[];
  index: GraphIndex;
  onPick: (id: string) => void;
}): React.ReactElement | null {
  if (ids.length === 0) return null;
  return (
    <section>
      <h3 className={classes.panelHead}>
        {title} <span className="number">{formatCount(ids.length)}</span>
      </h3>
      <ul className={classes.neighbours}>
        {ids.slice(0, SHOWN).map((id) => {
          const node = index.nodes.get(id);
          return node ? (
            <li key={id}>
              <button type="button" className={classes.neighbour} onClick={() => onPick(id)}>
                <KindIcon kind={node.kind} /> <span className={classes.name}>{node.name}</span>
                <span className="visually-hidden">, {KIND_LABELS[node.kind].one.toLowerCase()}</span>
              </button>
            </li>
          ) : null;
        })}
        {ids.length > SHOWN && <li className={classes.quiet}>and {formatCount(ids.length - SHOWN)} more</li>}
      </ul>
    </section>
  );
}

/** What is known of the selected node, what it is made from and what is made from it, and the way to its page. */
export function SidePanel({
  index,
  id,
  path,
  onPick,
}: {
  index: GraphIndex;
  id: string;
  path: LineagePath;
  onPick: (id: string | null) => void;
}): React.ReactElement | null {
  const node = index.nodes.get(id);
  if (!node) return null;
  return (
    <aside className={classes.panel} aria-label={`About ${node.name}`}>
      <div className={classes.panelTop}>
        <span className={classes.kind}>
          <KindIcon kind={node.kind} /> {KIND_LABELS[node.kind].one}
        </span>
        <CloseButton size="sm" aria-label="Close" onClick={() => onPick(null)} />
      </div>
      <h2 className={classes.panelTitle}>{node.name}</h2>
      {node.description && <p className={classes.panelText}>{node.description}</p>}
      <dl className={classes.panelFacts}>
        {node.status && (
          <>
            <dt>Status</dt>
            <dd>
              <StatusBadge status={node.status} />
            </dd>
          </>
        )}
        {node.group && (
          <>
            <dt>Group</dt>
            <dd className={classes.name}>{node.group}</dd>
          </>
        )}
        <dt>Owner</dt>
        <dd>{node.owner ?? "nobody yet"}</dd>
        {node.rowCount !== null && (
          <>
            <dt>Rows</dt>
            <dd className="number">{formatCount(node.rowCount)}</dd>
          </>
        )}
        {node.lastEventTime && (
          <>
            <dt>Last event</dt>
            <dd>
              <RelativeTime at={node.lastEventTime} />
            </dd>
          </>
        )}
        {node.lastCommitAt && (
          <>
            <dt>Last commit</dt>
            <dd>
              <RelativeTime at={node.lastCommitAt} />
            </dd>
          </>
        )}
        {node.tags.length > 0 && (
          <>
            <dt>Tags</dt>
            <dd>{node.tags.join(", ")}</dd>
          </>
        )}
        <dt>On its path</dt>
        <dd className="number">
          {formatCount(path.upstream.size)} upstream, {formatCount(path.downstream.size)} downstream
        </dd>
      </dl>
      <LinkButton href={hrefOfNode(node)} variant="default">
        Open {KIND_LABELS[node.kind].one.toLowerCase()}
      </LinkButton>
      <Neighbours title="Made from" ids={index.parents.get(id) ?? []} index={index} onPick={onPick} />
      <Neighbours title="Used for" ids={index.children.get(id) ?? []} index={index} onPick={onPick} />
      <ColumnPanel node={id} />
    </aside>
  );
}
