import { describe, expect, it } from "vitest";
import { LINEAGE_KINDS } from "@/lib/lineage/schema";
import { formatLineageState, type LineageState, parseLineageState, toggleGroup } from "./url-state";

const PLAIN: LineageState = {
  node: null,
  direction: "both",
  expanded: [],
  kinds: LINEAGE_KINDS,
  view: "graph",
  onlyPath: false,
};

describe("the explorer's address", () => {
  it.each<[Partial<LineageState>, string]>([
    [{}, ""],
    [{ node: "feature:traffic:delay" }, "?node=feature:traffic:delay"],
    [{ direction: "upstream", onlyPath: true }, "?direction=upstream&path=only"],
    [{ expanded: ["b", "a"] }, "?expanded=a,b"],
    [{ expanded: "all" }, "?expanded=*"],
    [{ kinds: ["source", "feature_view"], view: "list" }, "?kinds=source,feature_view&view=list"],
  ])("%j <-> %s", (part, query) => {
    const state = { ...PLAIN, ...part };
    expect(formatLineageState(state)).toBe(query);
    const read = parseLineageState(new URLSearchParams(query));
    expect({ ...read, expanded: read.expanded === "all" ? "all" : [...read.expanded].sort() }).toEqual({
      ...state,
      expanded: state.expanded === "all" ? "all" : [...state.expanded].sort(),
    });
  });

  it("takes nonsense for nothing", () => {
    expect(parseLineageState(new URLSearchParams("direction=sideways&kinds=jar&view=3d&expanded=,"))).toEqual(PLAIN);
  });
});

describe("toggleGroup", () => {
  it.each<[LineageState["expanded"], string, string[]]>([
    [[], "a", ["a"]],
    [["a", "b"], "a", ["b"]],
    ["all", "a", ["b", "c"]],
  ])("%j %s -> %j", (expanded, group, after) => {
    expect(toggleGroup(expanded, group, ["a", "b", "c"])).toEqual(after);
  });
});
