"use client";

import { useQuery } from "@tanstack/react-query";
import type { Lineage } from "@/lib/lineage/schema";
import { fetchJson } from "../ui/fetch-json";
import { ColumnList } from "./column-list";
import classes from "./lineage.module.css";

const SHOWN = 20;
const WITH_COLUMNS = new Set(["source", "feature_group", "feature"]);

/** The columns around a node, one hop up and down; nothing for nodes that have none. */
export function ColumnPanel({ node }: { node: string }): React.ReactElement | null {
  const asked = useQuery({
    queryKey: ["lineage", "columns", node],
    queryFn: ({ signal }) =>
      fetchJson<Lineage>(`/api/v1/lineage?node=${encodeURIComponent(node)}&direction=both&depth=1`, { signal }),
    enabled: WITH_COLUMNS.has(node.split(":")[0] ?? ""),
  });
  if (asked.isError) return <p className={classes.quiet}>Its columns could not be read: {asked.error.message}</p>;
  if (!asked.data || asked.data.columns.length === 0) return null;
  return (
    <section>
      <h3 className={classes.panelHead}>Columns</h3>
      <ColumnList edges={asked.data.columns} shown={SHOWN} />
    </section>
  );
}
