"use client";

import { Button, Menu, NativeSelect, SegmentedControl } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { SqlRelation } from "@/lib/datasets/sql-schema";
import { useStoredDraft } from "../registry/use-stored-draft";
import { LoadingState } from "../ui/loading-state";
import { downloadRows } from "./download-rows";
import { HISTORY, QueryHistory } from "./query-history";
import { RelationList } from "./relation-list";
import { completionSchema, namedRelations } from "./relations";
import { ResultChart } from "./result-chart";
import { ResultTable } from "./result-table";
import { RunStatus } from "./run-status";
import { SaveAsGroup } from "./save-as-group";
import type { SqlCodeHandle } from "./sql-code";
import { SqlField } from "./sql-field";
import { SqlProblem } from "./sql-problem";
import { useSqlRun } from "./use-sql-run";
import classes from "./workbench.module.css";

type Draft = { sql: string; limit: number; view: "table" | "chart" };

const LIMITS = [100, 1000, 10_000];

/** An editor, what it may name, and what came of it. The SQL stays in this tab, or comes in the address after #sql=. */
export function Workbench({
  project,
  relations,
  maySave,
}: {
  project: string;
  relations: SqlRelation[];
  /** Whether the reader may register feature groups. */
  maySave: boolean;
}): React.ReactElement {
  const id = useId();
  const client = useQueryClient();
  const code = useRef<SqlCodeHandle | null>(null);
  const [historyOpen, setHistoryOpen] = useState(false);
  const [downloading, setDownloading] = useState(false);
  const initial = useCallback((): Draft => ({ sql: "", limit: 1000, view: "table" }), []);
  const [draft, change] = useStoredDraft<Draft>(`larder.sql.${project}`, initial);
  const { run, start, cancel } = useSqlRun(() => void client.invalidateQueries({ queryKey: HISTORY }));
  const schema = useMemo(() => completionSchema(relations), [relations]);
  const ready = draft !== null;
  useEffect(() => {
    const linked = ready ? /^#sql=(.+)$/.exec(window.location.hash)?.[1] : undefined;
    if (!linked) return;
    change((now) => ({ ...now, sql: decoded(linked) ?? now.sql }));
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }, [ready, change]);

  if (!draft) return <LoadingState rows={6} label="Reading what you wrote" />;
  const { sql, limit, view } = draft;
  const running = run?.state === "running";
  const failure = run?.state === "failed" && run.sql === sql ? run.failure : null;
  const answer = run?.answer ?? null;
  const execute = (): void => {
    if (sql.trim() !== "") start(sql, limit);
  };
  async function download(format: "parquet" | "csv"): Promise<void> {
    setDownloading(true);
    try {
      await downloadRows(run?.sql ?? sql, format);
    } catch (error) {
      notifications.show({ color: "red", title: "Not downloaded", message: (error as Error).message });
    } finally {
      setDownloading(false);
      void client.invalidateQueries({ queryKey: HISTORY });
    }
  }

  return (
    <div className={classes.bench}>
      <RelationList relations={relations} onInsert={(text) => code.current?.insert(text)} />
      <div className={classes.main}>
        <h2 id={`${id}-label`} className="visually-hidden">
          SQL
        </h2>
        <SqlField
          value={sql}
          onChange={(text) => change((now) => ({ ...now, sql: text }))}
          onRun={execute}
          schema={schema}
          wrongLine={failure?.line ?? null}
          labelledBy={`${id}-label`}
          describedBy={`${id}-keys`}
          handle={(handle) => {
            code.current = handle;
          }}
        />
        <p id={`${id}-keys`} className={classes.quiet}>
          Ctrl or ⌘ and Enter runs, Escape cancels. Tab indents; Escape, then Tab leaves the field.
        </p>
        <div className={classes.actions}>
          {running ? (
            <Button color="red" variant="light" onClick={cancel}>
              Cancel
            </Button>
          ) : (
            <Button onClick={execute} disabled={sql.trim() === ""}>
              Run
            </Button>
          )}
          <NativeSelect
            aria-label="Rows at most"
            value={String(limit)}
            data={LIMITS.map((count) => ({
              value: String(count),
              label: `${count.toLocaleString("en")} rows at most`,
            }))}
            onChange={(event) => {
              const next = Number(event.currentTarget.value);
              change((now) => ({ ...now, limit: next }));
            }}
          />
          <Button variant="default" onClick={() => setHistoryOpen(true)}>
            History
          </Button>
          <Menu>
            <Menu.Target>
              <Button variant="default" loading={downloading} disabled={sql.trim() === ""}>
                Download
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>All rows, at most a million</Menu.Label>
              <Menu.Item onClick={() => void download("parquet")}>Parquet</Menu.Item>
              <Menu.Item onClick={() => void download("csv")}>CSV</Menu.Item>
            </Menu.Dropdown>
          </Menu>
          {maySave && (
            <SaveAsGroup
              project={project}
              sql={sql}
              sources={answer && run?.sql === sql ? answer.inputs : namedRelations(sql, relations)}
            />
          )}
        </div>
        <RunStatus run={run} stale={answer !== null && run?.sql !== sql} />
        {failure && (
          <SqlProblem
            title={failure.title}
            detail={failure.detail}
            line={failure.line}
            onGo={() => failure.line && code.current?.focusLine(failure.line, failure.column ?? undefined)}
          />
        )}
        {answer && (
          <>
            {answer.warnings.map(({ code: warning, detail }) => (
              <p key={warning} className={classes.warning}>
                {detail}.
              </p>
            ))}
            <SegmentedControl
              aria-label="Show the result as"
              value={view}
              data={[
                { value: "table", label: "Table" },
                { value: "chart", label: "Chart" },
              ]}
              onChange={(shown) => change((now) => ({ ...now, view: shown as Draft["view"] }))}
            />
            {view === "chart" ? (
              <ResultChart key={answer.queryId} columns={answer.columns} rows={answer.rows} />
            ) : (
              <ResultTable key={answer.queryId} columns={answer.columns} rows={answer.rows} />
            )}
          </>
        )}
      </div>
      <QueryHistory
        opened={historyOpen}
        onClose={() => setHistoryOpen(false)}
        onChoose={(text) => {
          change((now) => ({ ...now, sql: text }));
          setHistoryOpen(false);
        }}
      />
    </div>
  );
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
