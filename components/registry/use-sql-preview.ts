"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { SqlPreview } from "@/lib/datasets/schema";
import type { ErrorIssue } from "@/lib/kernel/errors";
import { fetchJson, RequestError } from "../ui/fetch-json";

const PAUSE_MS = 700;

/** What is wrong with SQL, and in which line where that is known. */
export type SqlProblem = { detail: string; line: number | null };

export type PreviewState = {
  preview: SqlPreview | null;
  /** The preview is of the SQL as it stands now. */
  fresh: boolean;
  pending: boolean;
  problem: SqlProblem | null;
  /** Does not wait for a pause in typing. */
  run: () => void;
};

/** The preview of SQL, asked for when typing pauses. */
export function useSqlPreview(sql: string): PreviewState {
  const [asked, setAsked] = useState(sql);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(sql), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [sql]);
  const query = useQuery({
    queryKey: ["sql-preview", asked],
    queryFn: ({ signal }) =>
      fetchJson<SqlPreview>("/api/v1/sql/preview", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ sql: asked }),
        signal,
      }),
    enabled: asked.trim() !== "",
    placeholderData: keepPreviousData,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const current = asked === sql && !query.isFetching;
  return {
    preview: query.data ?? null,
    fresh: current && query.isSuccess && !query.isPlaceholderData,
    pending: query.isFetching,
    problem: current && query.error ? problemOf(query.error) : null,
    run: () => (asked === sql ? void query.refetch() : setAsked(sql)),
  };
}

function problemOf(error: Error): SqlProblem {
  const issues = error instanceof RequestError ? (error.problem.issues as ErrorIssue[]) : [];
  const line = issues.find((issue) => issue.line !== undefined)?.line;
  return { detail: error.message, line: line ?? null };
}
