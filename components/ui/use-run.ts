"use client";

import { useQuery } from "@tanstack/react-query";
import { isFinished, type Run } from "@/lib/kernel/run";
import { fetchJson } from "./fetch-json";

const POLL_MS = 700;

/** A run as it goes, asked for every 700 ms until it is finished; null while the first answer is on its way. */
export function useRun(id: string, initial?: Run): { run: Run | null; error: Error | null; refetch: () => void } {
  const query = useQuery({
    queryKey: ["run", id],
    queryFn: () => fetchJson<Run>(`/api/v1/runs/${encodeURIComponent(id)}`),
    initialData: initial,
    refetchInterval: ({ state }) => (state.data && isFinished(state.data.state) ? false : POLL_MS),
  });
  return { run: query.data ?? null, error: query.error, refetch: () => void query.refetch() };
}
