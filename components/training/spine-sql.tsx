"use client";

import { Button, Input } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useMemo, useRef } from "react";
import type { SqlCatalog } from "@/lib/datasets/sql-schema";
import form from "../registry/form.module.css";
import { completionSchema } from "../sql/relations";
import type { SqlCodeHandle } from "../sql/sql-code";
import { SqlField } from "../sql/sql-field";
import { SqlProblem } from "../sql/sql-problem";
import { fetchJson } from "../ui/fetch-json";

/** SQL that gives rows. What it gives is shown by whoever asks; `problem` is why that failed. */
export function SpineSql({
  value,
  error,
  problem,
  pending,
  onChange,
  onRun,
}: {
  value: string;
  error: string | undefined;
  problem: { detail: string; line: number | null } | null;
  pending: boolean;
  onChange: (sql: string) => void;
  onRun: () => void;
}): React.ReactElement {
  const id = useId();
  const code = useRef<SqlCodeHandle | null>(null);
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
        label={<span id={`${id}-label`}>SQL</span>}
        labelElement="div"
        description={
          <span id={`${id}-about`}>
            One SELECT over sources and feature groups that gives the keys, a time, and the label
          </span>
        }
        error={error}
        inputWrapperOrder={["label", "description", "input", "error"]}
      >
        <SqlField
          value={value}
          onChange={onChange}
          onRun={onRun}
          schema={schema}
          wrongLine={line}
          invalid={error !== undefined}
          labelledBy={`${id}-label`}
          describedBy={`${id}-about`}
          handle={(handle) => {
            code.current = handle;
          }}
        />
      </Input.Wrapper>
      <div className={form.actions} style={{ justifyContent: "space-between", marginTop: 8 }}>
        <span className={form.quiet}>Tab indents; Escape, then Tab leaves the field.</span>
        <Button variant="default" onClick={onRun} loading={pending} disabled={value.trim() === ""}>
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
    </div>
  );
}
