"use client";

import { useQuery } from "@tanstack/react-query";
import type { GroupDetail } from "@/lib/registry/schema";
import { fetchJson } from "../ui/fetch-json";

/** A feature group, once it is known; an empty name asks for nothing, no version for the newest. */
export function useGroup(name: string, version: number | null = null): GroupDetail | null {
  const { data } = useQuery({
    queryKey: ["feature-group", name, version],
    queryFn: ({ signal }) =>
      fetchJson<GroupDetail>(
        `/api/v1/feature-groups/${encodeURIComponent(name)}${version === null ? "" : `?version=${version}`}`,
        { signal },
      ),
    enabled: name !== "",
    refetchOnWindowFocus: false,
  });
  return data ?? null;
}
