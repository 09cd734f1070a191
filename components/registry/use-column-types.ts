"use client";

import { useQueries } from "@tanstack/react-query";
import type { GroupDetail } from "@/lib/registry/schema";
import { fetchJson } from "../ui/fetch-json";
import { columnTypes } from "./on-demand-draft";
import type { JoinDraft } from "./view-draft";

const keyOf = (group: string, version: number | null): string => `${group}@${version ?? ""}`;

/** The columns that the joins of a view give, with their types; null until all their groups have answered. */
export function useColumnTypes(joins: readonly JoinDraft[]): ReadonlyMap<string, string> | null {
  const groups = [...new Map(joins.map(({ group, version }) => [keyOf(group, version), { group, version }])).values()];
  const found = useQueries({
    queries: groups.map(({ group, version }) => ({
      queryKey: ["column-types", group, version],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const query = version === null ? "" : `?version=${version}`;
        return fetchJson<GroupDetail>(`/api/v1/feature-groups/${encodeURIComponent(group)}${query}`, { signal });
      },
      staleTime: 60_000,
    })),
    combine: (results) => results.map(({ data }) => data ?? null),
  });
  const types = new Map(
    groups.map(({ group, version }, at) => [
      keyOf(group, version),
      found[at] ? new Map(found[at].features.map(({ name, dataType }) => [name, dataType])) : null,
    ]),
  );
  return columnTypes(joins, (group, version) => types.get(keyOf(group, version)) ?? null);
}
