"use client";

import "@xyflow/react/dist/style.css";
import { useComputedColorScheme } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { Background, Controls, MiniMap, Position, ReactFlow, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { type RouteEdge, RouteView } from "./edge";
import type { litBy, VisibleGraph } from "./graph";
import { type Layout, type Places, type StepKey, sizeOf, stepFrom } from "./layout";
import classes from "./lineage.module.css";
import { type CardNode, CardView, NodeActions, type Tone } from "./node";

const NODE_TYPES = { card: CardView };
const EDGE_TYPES = { route: RouteView };
const STRAIGHT: never[] = [];
const STEPS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);
const LABELS = {
  "controls.ariaLabel": "Zoom",
  "controls.zoomIn.ariaLabel": "Zoom in",
  "controls.zoomOut.ariaLabel": "Zoom out",
  "controls.fitView.ariaLabel": "Show everything",
  "minimap.ariaLabel": "Overview of the whole lineage",
};

export type CanvasProps = {
  visible: VisibleGraph;
  layout: Layout;
  lit: ReturnType<typeof litBy>;
  selected: string | null;
  /** A node to fly to; a new object flies again. */
  flight: { id: string } | null;
  onPick: (id: string | null) => void;
  onToggle: (group: string) => void;
};

function toneOf(id: string, selected: string | null, lit: CanvasProps["lit"]): Tone {
  if (lit === null) return "plain";
  if (id === selected) return "selected";
  return lit.nodes.has(id) ? "lit" : "dim";
}

/** Nodes as React Flow takes them: sizes and handles are known, so nothing has to be drawn to be measured. */
function flowNodes({ visible, layout, lit, selected }: CanvasProps): CardNode[] {
  return visible.nodes.flatMap((item): CardNode[] => {
    const position = layout.places.get(item.node.id);
    if (!position) return [];
    const { width, height } = sizeOf(item.node.kind);
    const handle = { y: height / 2, width: 1, height: 1 };
    return [
      {
        id: item.node.id,
        type: "card",
        position,
        width,
        height,
        handles: [
          { type: "target", position: Position.Left, x: 0, ...handle },
          { type: "source", position: Position.Right, x: width, ...handle },
        ],
        data: { item, tone: toneOf(item.node.id, selected, lit) },
      },
    ];
  });
}

function flowEdges({ visible, layout, lit }: CanvasProps): RouteEdge[] {
  return visible.edges.map((edge) => {
    const tone = lit === null ? "plain" : lit.edges.has(edge.id) ? "lit" : "dim";
    return {
      id: edge.id,
      type: "route",
      data: { bends: layout.routes.get(edge.id) ?? STRAIGHT },
      source: edge.from,
      target: edge.to,
      className: classes[`edge-${tone}`],
      zIndex: tone === "lit" ? 1 : 0,
    };
  });
}

/** The drawn lineage: pan, zoom, pick, walk along edges with the arrow keys. */
export function Canvas(props: CanvasProps): React.ReactElement {
  const { visible, layout, lit, selected, flight, onPick, onToggle } = props;
  const { places } = layout;
  const flow = useReactFlow<CardNode, RouteEdge>();
  const scheme = useComputedColorScheme("light");
  const calm = useReducedMotion();
  const host = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: exactly what flowNodes reads of the props
  const nodes = useMemo(() => flowNodes(props), [visible, layout, lit, selected]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: exactly what flowEdges reads of the props
  const edges = useMemo(() => flowEdges(props), [visible, layout, lit]);
  const actions = useMemo(() => ({ pick: onPick, toggle: onToggle }), [onPick, onToggle]);

  // A new layout keeps the selected node where it was on the screen, so that opening a group never loses the place.
  const before = useRef<Places>(places);
  useEffect(() => {
    const old = selected ? before.current.get(selected) : undefined;
    const now = selected ? places.get(selected) : undefined;
    before.current = places;
    if (!old || !now || (old.x === now.x && old.y === now.y)) return;
    const { x, y, zoom } = flow.getViewport();
    void flow.setViewport({ x: x - (now.x - old.x) * zoom, y: y - (now.y - old.y) * zoom, zoom });
  }, [places, selected, flow]);

  const flown = useRef<object | null>(null);
  useEffect(() => {
    const place = flight ? places.get(flight.id) : undefined;
    if (!flight || !place || flown.current === flight) return;
    flown.current = flight;
    const size = sizeOf(visible.nodes.find((item) => item.node.id === flight.id)?.node.kind ?? "source");
    const zoom = Math.max(flow.getZoom(), 0.9);
    void flow.setCenter(place.x + size.width / 2, place.y + size.height / 2, { zoom, duration: calm ? 0 : 450 });
  }, [flight, places, visible, flow, calm]);

  function walk(event: React.KeyboardEvent): void {
    if (event.key === "Escape" && selected) onPick(null);
    const id = (event.target as HTMLElement).dataset.node;
    if (!id || !STEPS.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const next = stepFrom(visible, places, id, event.key as StepKey);
    const place = next && places.get(next);
    if (!next || !place) return;
    void flow.setCenter(place.x + 116, place.y + 34, { zoom: flow.getZoom(), duration: 0 }).then(() => {
      requestAnimationFrame(() =>
        host.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`)?.focus(),
      );
    });
  }

  return (
    <div ref={host} className={classes.canvas} onKeyDownCapture={walk}>
      <NodeActions.Provider value={actions}>
        <ReactFlow<CardNode, RouteEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          colorMode={scheme}
          fitView={flight === null}
          fitViewOptions={{ padding: 0.08, maxZoom: 1, minZoom: 0.35 }}
          minZoom={0.05}
          maxZoom={2}
          onlyRenderVisibleElements
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          onPaneClick={() => onPick(null)}
          ariaLabelConfig={LABELS}
          aria-label="Lineage graph"
          proOptions={{ hideAttribution: false }}
        >
          <Background gap={24} size={1} color="var(--larder-hairline)" />
          <Controls showInteractive={false} />
          <MiniMap<CardNode>
            pannable
            zoomable
            className={classes.minimap}
            nodeColor={(node) =>
              node.data.tone === "plain" || node.data.tone === "dim"
                ? "var(--larder-hairline-strong)"
                : "var(--larder-accent)"
            }
          />
        </ReactFlow>
      </NodeActions.Provider>
    </div>
  );
}
