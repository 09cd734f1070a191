"use client";

import { Button, Textarea } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { SqlPreview } from "@/lib/datasets/schema";
import { formatCount } from "../ui/numbers";
import { ValueTable } from "../ui/value-table";
import classes from "./sql-editor.module.css";
import { type SqlProblem, useSqlPreview } from "./use-sql-preview";

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
  const state = useSqlPreview(value);
  const { preview, fresh, pending, problem, run } = state;
  const field = useRef<HTMLTextAreaElement>(null);
  const escaped = useRef(false);
  const heard = useRef(onPreview);
  heard.current = onPreview;
  useEffect(() => {
    if (fresh && preview) heard.current?.(preview);
  }, [fresh, preview]);

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      run();
    } else if (event.key === "Escape") escaped.current = true;
    else if (event.key === "Tab" && !event.shiftKey && !escaped.current) {
      event.preventDefault();
      indent(event.currentTarget, onChange);
    } else if (event.key !== "Shift") escaped.current = false;
  }

  return (
    <div>
      <Textarea
        ref={field}
        label={label}
        description={description}
        className={classes.editor}
        autosize
        minRows={6}
        maxRows={24}
        spellCheck={false}
        autoCapitalize="off"
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          escaped.current = false;
        }}
      />
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
      {problem && <Problem problem={problem} field={field.current} />}
      {preview && preview.columns.length > 0 && !problem && (
        <div className={fresh ? classes.rows : `${classes.rows} ${classes.stale}`}>
          <ValueTable caption={`Rows of ${label}`} columns={preview.columns} rows={preview.rows} />
        </div>
      )}
    </div>
  );
}

function Problem({ problem, field }: { problem: SqlProblem; field: HTMLTextAreaElement | null }): React.ReactElement {
  const { line, detail } = problem;
  return (
    <div className={classes.problem} role="alert">
      <strong>{line === null ? "This cannot run" : `This cannot run: line ${line}`}</strong>{" "}
      {line !== null && field && (
        <Button variant="subtle" size="compact-xs" onClick={() => selectLine(field, line)}>
          Go to it
        </Button>
      )}
      <pre>{detail}</pre>
    </div>
  );
}

function selectLine(field: HTMLTextAreaElement, line: number): void {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}

function indent(field: HTMLTextAreaElement, onChange: (sql: string) => void): void {
  const { selectionStart, selectionEnd, value } = field;
  onChange(`${value.slice(0, selectionStart)}  ${value.slice(selectionEnd)}`);
  // After React has written the new text, which moves the caret to its end.
  requestAnimationFrame(() => field.setSelectionRange(selectionStart + 2, selectionStart + 2));
}
