"use client";

import { BaseEdge, type Edge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { type Place, pathThrough } from "./layout";

export type RouteEdge = Edge<{ bends: readonly Place[] }, "route">;

function Route({ id, sourceX, sourceY, targetX, targetY, data }: EdgeProps<RouteEdge>): React.ReactElement {
  const points = [{ x: sourceX, y: sourceY }, ...(data?.bends ?? []), { x: targetX, y: targetY }];
  return <BaseEdge id={id} path={pathThrough(points)} interactionWidth={0} />;
}

/** An edge of the lineage canvas along the way that the layout found for it, round the nodes between. */
export const RouteView = memo(Route);
