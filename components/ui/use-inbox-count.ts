"use client";

import { useQuery } from "@tanstack/react-query";
import { fetchJson } from "./fetch-json";

const EVERY_MS = 30_000;

/** How many change requests wait for the reader's decision; 0 while it is not known, and for whoever decides none. */
export function useInboxCount(decides: boolean): number {
  const asked = useQuery({
    queryKey: ["change-requests", "inbox-count"],
    queryFn: ({ signal }) => fetchJson<{ total: number }>("/api/v1/change-requests?inbox=true&limit=1", { signal }),
    enabled: decides,
    refetchInterval: EVERY_MS,
  });
  return decides ? (asked.data?.total ?? 0) : 0;
}
