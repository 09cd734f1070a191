"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { SqlResult } from "@/lib/datasets/sql-schema";
import type { ErrorIssue } from "@/lib/kernel/errors";
import { fetchJson, RequestError } from "../ui/fetch-json";

/** Why a query gave no rows. */
export type SqlFailure = { title: string; detail: string; line: number | null; column: number | null };

export type SqlRun = {
  /** The SQL that was run last, whatever stands in the editor now. */
  sql: string;
  state: "running" | "done" | "failed" | "cancelled";
  answer: SqlResult | null;
  failure: SqlFailure | null;
  startedAt: number;
};

const TITLES: Record<string, string> = {
  timeout: "It took too long and was stopped",
  resource_exhausted: "It needed too much memory and was stopped",
  temp_space_exhausted: "It needed too much disk space and was stopped",
  forbidden: "You may not read this",
  sandbox_violation: "This is not allowed",
  sql_not_allowed: "This is not allowed",
  rate_limited: "Too many queries at once",
};

/** Runs one query at a time; a new one, a cancel or leaving the page ends the one before, on the server too. */
export function useSqlRun(onEnd: () => void): {
  run: SqlRun | null;
  start: (sql: string, limit: number) => void;
  cancel: () => void;
} {
  const [run, setRun] = useState<SqlRun | null>(null);
  const controller = useRef<AbortController | null>(null);
  const ended = useRef(onEnd);
  ended.current = onEnd;
  useEffect(() => () => controller.current?.abort(), []);

  const start = useCallback((sql: string, limit: number): void => {
    controller.current?.abort();
    const mine = new AbortController();
    controller.current = mine;
    const begun = { sql, startedAt: Date.now(), answer: null, failure: null };
    setRun({ ...begun, state: "running" });
    const end = (result: Pick<SqlRun, "state"> & Partial<SqlRun>): void => {
      if (controller.current !== mine) return;
      controller.current = null;
      setRun({ ...begun, ...result });
      ended.current();
    };
    fetchJson<SqlResult>("/api/v1/sql/query", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sql, limit }),
      signal: mine.signal,
    }).then(
      (answer) => end({ state: "done", answer }),
      (error: Error) => end({ state: "failed", failure: failureOf(error) }),
    );
  }, []);

  const cancel = useCallback((): void => {
    const running = controller.current;
    if (!running) return;
    controller.current = null;
    running.abort();
    setRun((now) => now && { ...now, state: "cancelled" });
    // The server notes it when it has noticed.
    setTimeout(() => ended.current(), 1500);
  }, []);

  const running = run?.state === "running";
  useEffect(() => {
    if (!running) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") cancel();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [running, cancel]);

  return { run, start, cancel };
}

/** An error of the API in words for whoever wrote the SQL. */
export function failureOf(error: Error): SqlFailure {
  const none = { line: null, column: null };
  if (!(error instanceof RequestError))
    return { title: "The server does not answer", detail: "Check the connection and try again.", ...none };
  const issue = (error.problem.issues as ErrorIssue[]).find(({ line }) => line !== undefined);
  return {
    title: TITLES[error.problem.code] ?? "This cannot run",
    detail: error.message,
    line: issue?.line ?? null,
    column: issue?.column ?? null,
  };
}
