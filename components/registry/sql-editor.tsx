"use client";

import { Button, Input } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useMemo, useRef } from "react";
import type { SqlPreview } from "@/lib/datasets/schema";
import type { SqlCatalog } from "@/lib/datasets/sql-schema";
import { completionSchema } from "../sql/relations";
import type { SqlCodeHandle } from "../sql/sql-code";
import { SqlField } from "../sql/sql-field";
import { SqlProblem } from "../sql/sql-problem";
import { fetchJson } from "../ui/fetch-json";
import { formatCount } from "../ui/numbers";
import { ValueTable } from "../ui/value-table";
import classes from "./sql-editor.module.css";
import { useSqlPreview } from "./use-sql-preview";

/** SQL with what it gives below it, asked for when typing pauses or with Ctrl or Cmd and Enter. */
export function SqlEditor({
  label,
  description,
  value,
  error,
  onChange,
  onPreview,
}: {
  label: string;
  description?: string;
  value: string;
  error?: string | undefined;
  onChange: (sql: string) => void;
  /** Hears of every preview that worked and is of the SQL as it stands. */
  onPreview?: (preview: SqlPreview) => void;
}): React.ReactElement {
  const { preview, fresh, pending, problem, run } = useSqlPreview(value);
  const id = useId();
  const code = useRef<SqlCodeHandle | null>(null);
  const heard = useRef(onPreview);
  heard.current = onPreview;
  useEffect(() => {
    if (fresh && preview) heard.current?.(preview);
  }, [fresh, preview]);
  const catalog = useQuery({
    queryKey: ["sql-catalog"],
    queryFn: ({ signal }) => fetchJson<SqlCatalog>("/api/v1/sql/catalog", { signal }),
    retry: false,
    staleTime: 60_000,
  });
  const schema = useMemo(() => completionSchema(catalog.data?.relations ?? []), [catalog.data]);
  const line = problem?.line ?? null;

  return (
    <div>
      <Input.Wrapper
        label={<span id={`${id}-label`}>{label}</span>}
        labelElement="div"
        description={description && <span id={`${id}-about`}>{description}</span>}
        error={error}
        inputWrapperOrder={["label", "description", "input", "error"]}
      >
        <SqlField
          value={value}
          onChange={onChange}
          onRun={run}
          schema={schema}
          wrongLine={line}
          invalid={error !== undefined}
          labelledBy={`${id}-label`}
          {...(description ? { describedBy: `${id}-about` } : {})}
          handle={(handle) => {
            code.current = handle;
          }}
        />
      </Input.Wrapper>
      <div className={classes.hint}>
        <span role="status">
          {pending
            ? "Reading…"
            : fresh && preview
              ? `${formatCount(preview.rows.length)}${preview.truncated ? " rows, and there are more" : preview.rows.length === 1 ? " row" : " rows"}`
              : "Tab indents; Escape, then Tab leaves the field."}
        </span>
        <Button variant="default" onClick={run} loading={pending} disabled={value.trim() === ""}>
          Run <kbd style={{ marginLeft: 8 }}>Ctrl Enter</kbd>
        </Button>
      </div>
      {problem && (
        <SqlProblem
          detail={problem.detail}
          line={line}
          onGo={line === null ? undefined : () => code.current?.focusLine(line)}
        />
      )}
      {!problem &&
        preview?.warnings.map(({ code: warning, detail }) => (
          <p key={warning} className={classes.warning}>
            {detail}.
          </p>
        ))}
      {preview && preview.columns.length > 0 && !problem && (
        <div className={fresh ? classes.rows : `${classes.rows} ${classes.stale}`}>
          <ValueTable caption={`Rows of ${label}`} columns={preview.columns} rows={preview.rows} />
        </div>
      )}
    </div>
  );
}
