import { LINEAGE_KINDS } from "@/lib/lineage/schema";
import type { LineageDirection, LineageKind } from "./graph";

/** Everything the explorer shows that a shared address must show again. */
export type LineageState = {
  node: string | null;
  direction: LineageDirection;
  /** Names of open groups, or "all". */
  expanded: "all" | readonly string[];
  kinds: readonly LineageKind[];
  view: "graph" | "list";
  /** Show nothing but the path of the selected node. */
  onlyPath: boolean;
};

type Params = Pick<URLSearchParams, "get">;

/** Reads the state from an address; whatever is unknown there counts as not said. */
export function parseLineageState(params: Params): LineageState {
  const direction = params.get("direction");
  const expanded = params.get("expanded");
  const named = params.get("kinds")?.split(",") ?? [];
  const kinds = LINEAGE_KINDS.filter((kind) => named.includes(kind));
  return {
    node: params.get("node") || null,
    direction: direction === "upstream" || direction === "downstream" ? direction : "both",
    expanded: expanded === "*" ? "all" : (expanded?.split(",").filter((name) => name !== "") ?? []),
    kinds: kinds.length > 0 ? kinds : LINEAGE_KINDS,
    view: params.get("view") === "list" ? "list" : "graph",
    onlyPath: params.get("path") === "only",
  };
}

/** Writes the state as a query string, shortest form; "" for the state of a plain address. */
export function formatLineageState(state: LineageState): string {
  const parts: string[] = [];
  const add = (name: string, value: string): void => {
    parts.push(
      `${name}=${encodeURIComponent(value).replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2A", "*")}`,
    );
  };
  if (state.node) add("node", state.node);
  if (state.direction !== "both") add("direction", state.direction);
  if (state.expanded === "all") add("expanded", "*");
  else if (state.expanded.length > 0) add("expanded", [...state.expanded].sort().join(","));
  if (state.kinds.length < LINEAGE_KINDS.length) add("kinds", state.kinds.join(","));
  if (state.view === "list") add("view", "list");
  if (state.onlyPath) add("path", "only");
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

/** The state after a group is opened or closed; `all` is every group there is. */
export function toggleGroup(
  expanded: LineageState["expanded"],
  group: string,
  all: readonly string[],
): readonly string[] {
  const open = expanded === "all" ? all : expanded;
  return open.includes(group) ? open.filter((name) => name !== group) : [...open, group];
}
