"use client";

import { Button, MultiSelect, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useState, useTransition } from "react";
import type { SqlPreview, UploadedFile } from "@/lib/datasets/schema";
import { SourceDefinition } from "@/lib/registry/definition-schema";
import { fetchJson } from "../ui/fetch-json";
import classes from "./form.module.css";
import { FormProblem } from "./form-parts";
import type { GroupDraft } from "./group-draft";
import { type DefinitionActions, NO_PROBLEMS, outcomeOf, problemsOf, problemsOfFailure } from "./outcome";
import { nameFrom, selectOf } from "./sql-names";
import { Upload } from "./upload";

/** A name that SQL may read. */
export type KnownRelation = { name: string; kind: "source" | "feature_group" };

/** The SELECT that begins with everything of the chosen sources: keys first, then the time, then the rest. */
async function suggestSql(sources: string[]): Promise<string> {
  const [first = "", ...more] = sources;
  if (more.length > 0) return `SELECT\n  *\nFROM ${first}\n${more.map((name) => `JOIN ${name} USING (…)`).join("\n")}`;
  const { columns } = await fetchJson<SqlPreview>("/api/v1/sql/preview", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sql: `SELECT * FROM "${first}"`, limit: 1 }),
  });
  const of = (role: string): string[] => columns.filter((column) => column.role === role).map((column) => column.name);
  return selectOf([...of("key"), ...of("event_time"), ...of("feature")], first);
}

/** Chooses what is there already, or makes a source from a file. */
export function WizardSource({
  draft,
  error,
  relations,
  actions,
  change,
}: {
  draft: GroupDraft;
  error: string | undefined;
  relations: KnownRelation[];
  actions: DefinitionActions;
  change: (update: (now: GroupDraft) => GroupDraft) => void;
}): React.ReactElement {
  const [made, setMade] = useState<string[]>([]);
  const [way, setWay] = useState<"known" | "file">(relations.length === 0 ? "file" : "known");
  const sources = [...relations.filter((one) => one.kind === "source").map((one) => one.name), ...made];
  const groups = relations.filter((one) => one.kind === "feature_group").map((one) => one.name);
  const names = new Set([...sources, ...groups]);
  const lost = draft.sources.filter((name) => !names.has(name));
  const [failed, setFailed] = useState<string | null>(null);

  function choose(chosen: string[]): void {
    setFailed(null);
    change((now) => ({ ...now, sources: chosen }));
    if (!draft.suggested || chosen.length === 0) return;
    suggestSql(chosen).then(
      (sql) =>
        change((now) =>
          now.suggested && now.sources.join() === chosen.join() ? { ...now, sql, columns: null, features: {} } : now,
        ),
      (reason: unknown) => setFailed(reason instanceof Error ? reason.message : String(reason)),
    );
  }

  return (
    <>
      {relations.length > 0 && (
        <div>
          <SegmentedControl
            aria-label="Where from"
            size="xs"
            value={way}
            onChange={(value) => setWay(value as "known" | "file")}
            data={[
              { value: "known", label: "What is here already" },
              { value: "file", label: "A file" },
            ]}
          />
        </div>
      )}
      {way === "known" ? (
        <MultiSelect
          label="Sources and feature groups"
          description="What the SQL reads. You can change it there."
          className={classes.mono}
          searchable
          clearable
          clearButtonProps={{ "aria-label": "Remove all sources" }}
          data={[
            { group: "Sources", items: [...new Set([...sources, ...lost])] },
            { group: "Feature groups", items: groups },
          ]}
          value={draft.sources}
          error={error}
          onChange={choose}
        />
      ) : (
        <NewSource
          actions={actions}
          onMade={(name) => {
            setMade((now) => [...now, name]);
            setWay("known");
            choose([...draft.sources, name]);
          }}
        />
      )}
      {way === "file" && error && (
        <p className={classes.error} role="alert">
          Upload a file and make a source of it first
        </p>
      )}
      {failed && (
        <p className={classes.error} role="alert">
          The source cannot be read: {failed}
        </p>
      )}
    </>
  );
}

function NewSource({
  actions,
  onMade,
}: {
  actions: DefinitionActions;
  onMade: (name: string) => void;
}): React.ReactElement {
  const [way, setWay] = useState<"upload" | "path">("upload");
  const [file, setFile] = useState<UploadedFile | null>(null);
  const [path, setPath] = useState("");
  const [format, setFormat] = useState<"csv" | "parquet" | "json">("csv");
  const [name, setName] = useState("");
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const [pending, start] = useTransition();
  const ready = way === "upload" ? file !== null : path.trim() !== "";

  function make(): void {
    const files =
      way === "upload" && file ? { format: file.format, paths: [file.path] } : { format, paths: [path.trim()] };
    const parsed = SourceDefinition.safeParse({ kind: "source", name, files });
    if (!parsed.success) {
      setProblems(problemsOf(parsed.error.issues));
      return;
    }
    start(async () => {
      const answer = await outcomeOf(actions.create({ definition: parsed.data }));
      if (answer.ok) onMade(parsed.data.name);
      else setProblems(problemsOfFailure(answer.error));
    });
  }

  return (
    <>
      <div>
        <SegmentedControl
          aria-label="How the file is given"
          size="xs"
          value={way}
          onChange={(value) => setWay(value as "upload" | "path")}
          data={[
            { value: "upload", label: "Upload it" },
            { value: "path", label: "It is on the server" },
          ]}
        />
      </div>
      {way === "upload" ? (
        <Upload
          onUploaded={(kept, fileName) => {
            setFile(kept);
            setProblems(NO_PROBLEMS);
            setName((now) => now || nameFrom(fileName.replace(/\.\w+$/, "")));
          }}
        />
      ) : (
        <div className={classes.row}>
          <TextInput
            label="Path or glob"
            description="On the server, relative to its folder"
            className={classes.mono}
            spellCheck={false}
            value={path}
            error={problems.fields["files.paths.0"]}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
          <Select
            label="Format"
            description="CSV has a header line"
            allowDeselect={false}
            data={["csv", "parquet", "json"]}
            value={format}
            onChange={(value) => setFormat((value ?? "csv") as typeof format)}
          />
        </div>
      )}
      {ready && (
        <>
          <TextInput
            label="Name of the source"
            description="What SQL reads it by: a-z, 0-9 and _"
            className={classes.mono}
            spellCheck={false}
            maw={360}
            value={name}
            error={problems.fields.name}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setProblems(NO_PROBLEMS);
            }}
          />
          <FormProblem problems={problems} shown={(at) => at === "name" || at === "files.paths.0"} />
          <div>
            <Button variant="default" loading={pending} onClick={make}>
              Register the source
            </Button>
          </div>
        </>
      )}
    </>
  );
}
