import type { LineageNode } from "@/lib/lineage/schema";

/** The page of a lineage node. */
export function hrefOfNode(node: Pick<LineageNode, "kind" | "name" | "group">): string {
  switch (node.kind) {
    case "source":
      return `/sources/${node.name}`;
    case "feature_group":
      return `/feature-groups/${node.name}`;
    case "feature":
      return `/features/${encodeURIComponent(node.group === null ? node.name : `${node.group}:${node.name}`)}`;
    case "feature_view":
      return `/feature-views/${node.name}`;
    case "consumer":
      return `/consumers/${node.name}`;
    case "training_set":
      return `/training-sets/${node.name}`;
  }
}
