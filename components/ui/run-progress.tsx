"use client";

import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { isFinished, type Run, type RunNode } from "@/lib/kernel/run";
import { ErrorState } from "./error-state";
import { fetchJson } from "./fetch-json";
import { formatCompact, formatCount, formatSeconds } from "./numbers";
import classes from "./run-progress.module.css";
import { RunStateBadge } from "./status-badge";
import { useRun } from "./use-run";

const MARKS: Record<RunNode["state"], { sign: string; word: string; tone: string }> = {
  WAITING: { sign: "·", word: "waiting", tone: "idle" },
  RUNNING: { sign: "▸", word: "running", tone: "info" },
  DONE: { sign: "✓", word: "done", tone: "ok" },
  UNCHANGED: { sign: "=", word: "unchanged", tone: "idle" },
  FAILED: { sign: "✕", word: "failed", tone: "danger" },
  SKIPPED: { sign: "–", word: "skipped", tone: "idle" },
};

/** Seconds from the start of a run to its end, or to now while it runs; null before it starts. */
function useElapsed(run: Run | null): number | null {
  const [now, setNow] = useState<number | null>(null);
  const live = run !== null && !isFinished(run.state);
  useEffect(() => {
    if (!live) return;
    const tick = (): void => setNow(Date.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [live]);
  if (!run?.startedAt) return null;
  const end = run.finishedAt ? Date.parse(run.finishedAt) : now;
  return end === null ? null : Math.max(0, (end - Date.parse(run.startedAt)) / 1000);
}

/** Tells once, when a run that was seen running finishes, and has the page read its data again. */
function useFinish(run: Run | null): string {
  const router = useRouter();
  const seen = useRef<Run["state"] | null>(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (!run) return;
    const before = seen.current;
    seen.current = run.state;
    if (before === null || isFinished(before) || !isFinished(run.state)) return;
    const words = `${run.title}: ${run.state === "SUCCEEDED" ? "finished" : run.state.toLowerCase()}`;
    setSaid(words);
    notifications.show({
      title: words,
      message: run.error?.detail ?? (changedNothing(run) ? "Nothing had changed." : "The page shows the new data."),
      color: run.state === "FAILED" ? "red" : "herb",
    });
    router.refresh();
  }, [run, router]);
  return said;
}

function changedNothing(run: Run): boolean {
  return run.progress.nodes.length > 0 && run.progress.nodes.every((node) => node.state === "UNCHANGED");
}

function Node({ node }: { node: RunNode }): React.ReactElement {
  const mark = MARKS[node.state];
  return (
    <li className={classes.node}>
      <span className={classes.mark} style={{ color: `var(--larder-${mark.tone})` }} aria-hidden>
        {mark.sign}
      </span>
      <span className={classes.label}>
        {node.label}
        <span className="visually-hidden">, {mark.word}</span>
        {node.detail && <span className={classes.detail}> · {node.detail}</span>}
      </span>
      <span className={classes.rows} title={node.rows === null ? undefined : `${formatCount(node.rows)} rows`}>
        {node.rows === null ? (node.state === "WAITING" ? "" : mark.word) : `${formatCompact(node.rows)} rows`}
      </span>
      <span className={classes.seconds}>{node.seconds === null ? "" : formatSeconds(node.seconds)}</span>
    </li>
  );
}

function CancelButton({ run, onCancelled }: { run: Run; onCancelled: () => void }): React.ReactElement {
  const cancel = useMutation({
    mutationFn: () => fetchJson(`/api/v1/runs/${encodeURIComponent(run.id)}/cancel`, { method: "POST" }),
    onSuccess: onCancelled,
    onError: (error) =>
      notifications.show({ title: "The run was not cancelled", message: error.message, color: "red" }),
  });
  const asked = run.cancelRequested || cancel.isSuccess;
  return (
    <Button variant="default" loading={cancel.isPending} disabled={asked} onClick={() => cancel.mutate()}>
      {asked ? "Cancelling…" : "Cancel run"}
    </Button>
  );
}

/** A run while it goes: steps with rows and seconds, elapsed time, cancel, the log; says when it is finished. */
export function RunProgress({ runId, initial }: { runId: string; initial?: Run }): React.ReactElement {
  const { run, error, refetch } = useRun(runId, initial);
  const elapsed = useElapsed(run);
  const said = useFinish(run);
  if (!run && error) {
    return (
      <ErrorState heading="h2" title="The run could not be read" detail={error.message}>
        It goes on in the background; this page asks again on its own.
      </ErrorState>
    );
  }
  if (!run)
    return (
      <div className={classes.quiet} role="status">
        Reading the run…
      </div>
    );
  const { done, total, nodes } = run.progress;
  const share = run.state === "SUCCEEDED" ? 1 : total > 0 ? done / total : 0;
  return (
    <section className={classes.run} aria-label={run.title}>
      <div className={classes.head}>
        <span className={classes.title}>{run.title}</span>
        <RunStateBadge state={run.state} />
        <span className={`${classes.quiet} number`}>
          {total > 0 && `${formatCount(done)} of ${formatCount(total)} steps`}
          {elapsed !== null && ` · ${elapsed < 1 ? "less than 1 s" : formatSeconds(elapsed)}`}
          {run.attempt > 1 && ` · attempt ${run.attempt}`}
        </span>
        {!isFinished(run.state) && (
          <span className={classes.push}>
            <CancelButton run={run} onCancelled={refetch} />
          </span>
        )}
      </div>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label={`Progress of ${run.title}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <div className={classes.fill} style={{ width: `${share * 100}%` }} />
      </div>
      <ul className={classes.nodes}>
        {nodes.map((node) => (
          <Node key={node.id} node={node} />
        ))}
        {nodes.length === 0 && (
          <li className={classes.node}>
            {run.state === "QUEUED" ? "Waiting for the worker to take it." : "No steps yet."}
          </li>
        )}
      </ul>
      {run.error && (
        <div className={classes.error}>
          <strong>{run.error.detail}</strong> <code>{run.error.code}</code>
        </div>
      )}
      {run.log.length > 0 && (
        <details className={classes.log}>
          <summary>
            Log, {formatCount(run.log.length)} {run.log.length === 1 ? "line" : "lines"}
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <ol className={classes.lines} tabIndex={0}>
            {run.log.map((line, index) => (
              <li
                // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows at its end
                key={index}
                style={
                  line.level === "info"
                    ? undefined
                    : { color: `var(--larder-${line.level === "error" ? "danger" : "warn"})` }
                }
              >
                {line.at.slice(11, 19)} {line.message}
              </li>
            ))}
          </ol>
        </details>
      )}
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </section>
  );
}
