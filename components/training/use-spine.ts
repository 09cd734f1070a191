"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { SpinePreview, TrainingSetSpine } from "@/lib/datasets/training-schema";
import type { ErrorIssue } from "@/lib/kernel/errors";
import { fetchJson, RequestError } from "../ui/fetch-json";

/** Why rows cannot be used, and in which line of SQL where that is known. */
export type SpineProblem = { detail: string; line: number | null };

/** A look at the rows of a spine, asked for whenever it is another; `onSeen` hears of each, with the key it was asked under. */
export function useSpine(
  spine: TrainingSetSpine | null,
  onSeen: (of: string, preview: SpinePreview) => void,
): { preview: SpinePreview | null; pending: boolean; problem: SpineProblem | null; retry: () => void } {
  const key = JSON.stringify(spine);
  const query = useQuery({
    queryKey: ["training-spine", key],
    queryFn: ({ signal }) =>
      fetchJson<SpinePreview>("/api/v1/training-sets/spine", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ spine }),
        signal,
      }),
    enabled: spine !== null,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const heard = useRef(onSeen);
  heard.current = onSeen;
  const { data } = query;
  useEffect(() => {
    if (data) heard.current(key, data);
  }, [key, data]);
  return {
    preview: data ?? null,
    pending: query.isFetching,
    problem: query.error && !query.isFetching ? problemOf(query.error) : null,
    retry: () => void query.refetch(),
  };
}

function problemOf(error: Error): SpineProblem {
  const issues = error instanceof RequestError ? (error.problem.issues as ErrorIssue[]) : [];
  return { detail: error.message, line: issues.find((issue) => issue.line !== undefined)?.line ?? null };
}
