"use client";

import { ReactFlowProvider } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { LineageGraph } from "@/lib/lineage/schema";
import { EmptyState } from "../ui/empty-state";
import { ErrorState } from "../ui/error-state";
import { formatCount } from "../ui/numbers";
import { Canvas } from "./canvas";
import { layOut } from "./elk";
import { groupIdOf, indexGraph, litBy, pathOf, visibleGraph } from "./graph";
import type { Layout } from "./layout";
import classes from "./lineage.module.css";
import { NodeList } from "./node-list";
import { SidePanel } from "./side-panel";
import { lineageSvg } from "./svg";
import { Toolbar } from "./toolbar";
import { toggleGroup } from "./url-state";
import { useLineageState } from "./use-lineage-state";

function saveSvg(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "lineage.svg";
  link.click();
  URL.revokeObjectURL(url);
}

function colours(host: HTMLElement): Parameters<typeof lineageSvg>[3] {
  const style = getComputedStyle(host);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    background: read("--mantine-color-body"),
    card: read("--larder-surface"),
    line: read("--larder-hairline-strong"),
    text: read("--mantine-color-text"),
    muted: read("--mantine-color-dimmed"),
    accent: read("--larder-accent"),
  };
}

/** The lineage of a project to walk through: graph or list, with the path of the selected node lit; its state is the address. */
export function LineageExplorer({ graph }: { graph: LineageGraph }): React.ReactElement {
  const [state, change] = useLineageState();
  const host = useRef<HTMLDivElement>(null);
  const index = useMemo(() => indexGraph(graph), [graph]);
  const groups = useMemo(
    () => graph.nodes.filter((node) => index.features.has(node.id)).map((node) => node.name),
    [graph, index],
  );
  const selected = state.node !== null && index.nodes.has(state.node) ? state.node : null;
  const path = useMemo(
    () => (selected ? pathOf(index, selected, state.direction) : null),
    [index, selected, state.direction],
  );
  const expandedKey = state.expanded === "all" ? groups.join(",") : state.expanded.join(",");
  const kindsKey = state.kinds.join(",");
  // A selected feature is always drawn, so its group counts as open.
  const selectedNode = selected ? index.nodes.get(selected) : undefined;
  const ownGroup = selectedNode ? groupIdOf(selectedNode) : null;
  const onlyKey = state.onlyPath && path && selected ? selected + state.direction : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys stand for the lists, whose identity changes with every address
  const visible = useMemo(() => {
    const expanded = new Set(expandedKey.split(",").map((name) => `feature_group:${name}`));
    if (ownGroup) expanded.add(ownGroup);
    const only = onlyKey && path && selected ? new Set([...path.upstream, ...path.downstream, selected]) : null;
    return visibleGraph(index, { expanded, kinds: new Set(state.kinds), only });
  }, [index, expandedKey, kindsKey, ownGroup, onlyKey]);
  const lit = useMemo(
    () => litBy(index, visible, selected, state.direction),
    [index, visible, selected, state.direction],
  );

  const [laid, setLaid] = useState<{ visible: typeof visible; layout: Layout } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    if (state.view !== "graph") return;
    let current = true;
    layOut(visible).then(
      (layout) => current && setLaid({ visible, layout }),
      (error: unknown) => current && setFailure(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
    };
  }, [visible, state.view]);

  const [flight, setFlight] = useState<{ id: string } | null>(selected ? { id: selected } : null);
  const pick = useCallback((id: string | null) => change({ node: id }), [change]);
  const find = useCallback(
    (id: string) => {
      change({ node: id });
      setFlight({ id });
    },
    [change],
  );
  const toggle = useCallback(
    (group: string) => change({ expanded: toggleGroup(state.expanded, group, groups) }),
    [change, state.expanded, groups],
  );

  if (graph.nodes.length === 0) {
    return (
      <EmptyState title="Nothing to draw yet">
        <p>Lineage appears as soon as the project has a source. Apply definitions, and it draws itself.</p>
      </EmptyState>
    );
  }
  const save = laid
    ? () => host.current && saveSvg(lineageSvg(laid.visible, laid.layout, lit, colours(host.current)))
    : null;
  return (
    <div ref={host} className={classes.explorer}>
      <Toolbar
        index={index}
        state={{ ...state, node: selected }}
        allExpanded={groups.length > 0 && (state.expanded === "all" || state.expanded.length >= groups.length)}
        change={change}
        onFind={find}
        onExport={save}
      />
      <p className={classes.summary} role="status">
        {state.node !== null && selected === null && `There is no ${state.node} in this project. `}
        {formatCount(visible.nodes.length)} of {formatCount(graph.nodes.length)} nodes shown
        {path &&
          `, ${formatCount(path.upstream.size)} upstream and ${formatCount(path.downstream.size)} downstream lit`}
      </p>
      <div className={classes.stage} data-panel={selected !== null}>
        {state.view === "list" ? (
          <NodeList visible={visible} lit={lit} selected={selected} onPick={find} onToggle={toggle} />
        ) : failure ? (
          <ErrorState heading="h2" title="The graph could not be laid out" detail={failure}>
            <p>The list shows the same lineage: choose List above.</p>
          </ErrorState>
        ) : laid ? (
          <ReactFlowProvider>
            <Canvas
              visible={laid.visible}
              layout={laid.layout}
              lit={lit}
              selected={selected}
              flight={flight}
              onPick={pick}
              onToggle={toggle}
            />
          </ReactFlowProvider>
        ) : (
          <div className={`${classes.canvas} ${classes.waiting}`} role="status">
            Laying out {formatCount(visible.nodes.length)} nodes…
          </div>
        )}
        {selected && path && (
          <SidePanel index={index} id={selected} path={path} onPick={(id) => (id ? find(id) : pick(null))} />
        )}
      </div>
    </div>
  );
}
