"use client";

import { Autocomplete, Button, Chip, Group, SegmentedControl, Switch } from "@mantine/core";
import { IconDownload, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { LINEAGE_KINDS } from "@/lib/lineage/schema";
import { formatCount } from "../ui/numbers";
import { findNodes, type GraphIndex, KIND_LABELS, type LineageKind } from "./graph";
import classes from "./lineage.module.css";
import type { LineageState } from "./url-state";

export type ToolbarProps = {
  index: GraphIndex;
  state: LineageState;
  allExpanded: boolean;
  change: (part: Partial<LineageState>) => void;
  onFind: (id: string) => void;
  onExport: (() => void) | null;
};

function Search({ index, onFind }: { index: GraphIndex; onFind: (id: string) => void }): React.ReactElement {
  const [query, setQuery] = useState("");
  const found = useMemo(() => findNodes(index, query, 12), [index, query]);
  function go(id: string): void {
    setQuery("");
    onFind(id);
  }
  return (
    <Autocomplete
      aria-label="Find in the lineage"
      data-search-input
      placeholder="Find a source, group, feature, view…"
      size="xs"
      className={classes.search}
      leftSection={<IconSearch size={14} aria-hidden />}
      value={query}
      onChange={setQuery}
      data={found.map((node) => ({ value: node.id, label: node.group ? `${node.group}:${node.name}` : node.name }))}
      filter={({ options }) => options}
      renderOption={({ option }) => {
        const node = index.nodes.get(option.value);
        return (
          <span className={classes.option}>
            <span className={classes.name}>{node?.name}</span>
            <span className={classes.quiet}>
              {node && KIND_LABELS[node.kind].one}
              {node?.group ? ` of ${node.group}` : ""}
            </span>
          </span>
        );
      }}
      onOptionSubmit={go}
      onKeyDown={(event) => {
        const first = found[0];
        if (event.key === "Enter" && first && !event.defaultPrevented) go(first.id);
      }}
    />
  );
}

/** Everything that decides what the explorer shows: search, kinds, direction, open groups, graph or list, export. */
export function Toolbar({ index, state, allExpanded, change, onFind, onExport }: ToolbarProps): React.ReactElement {
  const counts = useMemo(() => {
    const by = new Map<LineageKind, number>();
    for (const node of index.nodes.values()) by.set(node.kind, (by.get(node.kind) ?? 0) + 1);
    return by;
  }, [index]);
  return (
    <div className={classes.toolbar}>
      <Search index={index} onFind={onFind} />
      <SegmentedControl
        size="xs"
        aria-label="Show as"
        value={state.view}
        onChange={(view) => change({ view: view === "list" ? "list" : "graph" })}
        data={[
          { value: "graph", label: "Graph" },
          { value: "list", label: "List" },
        ]}
      />
      <Chip.Group
        multiple
        value={[...state.kinds]}
        onChange={(kinds) => change({ kinds: LINEAGE_KINDS.filter((kind) => kinds.includes(kind)) })}
      >
        <Group gap={6} role="group" aria-label="Kinds shown">
          {LINEAGE_KINDS.map((kind) => (
            <Chip key={kind} value={kind} size="xs" variant="outline">
              {KIND_LABELS[kind].many} <span className="number">{formatCount(counts.get(kind) ?? 0)}</span>
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <Button variant="default" onClick={() => change({ expanded: allExpanded ? [] : "all" })}>
        {allExpanded ? "Close all groups" : "Open all groups"}
      </Button>
      <SegmentedControl
        size="xs"
        aria-label="Direction of the path"
        value={state.direction}
        onChange={(value) => change({ direction: value === "upstream" || value === "downstream" ? value : "both" })}
        data={[
          { value: "upstream", label: "Upstream" },
          { value: "both", label: "Both" },
          { value: "downstream", label: "Downstream" },
        ]}
      />
      <Switch
        size="xs"
        label="Only the path"
        disabled={state.node === null}
        checked={state.onlyPath}
        onChange={(event) => change({ onlyPath: event.currentTarget.checked })}
      />
      <Button
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
        disabled={onExport === null}
        onClick={() => onExport?.()}
      >
        Export SVG
      </Button>
    </div>
  );
}
