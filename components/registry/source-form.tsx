"use client";

import { Autocomplete, Radio, SegmentedControl, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Column } from "@/lib/kernel/values";
import type { Definition, SourceDefinition, StoredDefinitionAnswer } from "@/lib/registry/definition-schema";
import { DefinitionForm } from "./definition-form";
import classes from "./form.module.css";
import { DescribedFields, NameField } from "./form-parts";
import { definitionHref, KIND_WORDS } from "./kind-words";
import type { DefinitionActions } from "./outcome";
import { SqlEditor } from "./sql-editor";
import { nameFrom } from "./sql-names";
import { Upload } from "./upload";
import { useDefinitionForm } from "./use-definition-form";

type Draft = {
  name: string;
  description: string;
  owner: string;
  tags: string[];
  kind: "files" | "sql";
  format: "csv" | "parquet" | "json";
  paths: string;
  sql: string;
  eventTime: string;
  createdTime: string;
};

const EMPTY: Draft = {
  name: "",
  description: "",
  owner: "",
  tags: [],
  kind: "files",
  format: "csv",
  paths: "",
  sql: "",
  eventTime: "",
  createdTime: "",
};

function draftOf(definition: Definition): Draft {
  const { name, description, owner, tags, files, sql, eventTime, createdTime } = definition as SourceDefinition;
  return {
    ...EMPTY,
    ...{ name, description, owner: owner ?? "", tags },
    kind: files ? "files" : "sql",
    format: files?.format ?? "csv",
    paths: files?.paths.join("\n") ?? "",
    sql: sql ?? "",
    eventTime: eventTime ?? "",
    createdTime: createdTime ?? "",
  };
}

function definitionOf(draft: Draft): unknown {
  const { name, description, tags, owner, eventTime, createdTime } = draft;
  const paths = draft.paths.split("\n").map((path) => path.trim());
  return {
    kind: "source",
    ...{ name, description, tags },
    ...(owner.trim() !== "" && { owner: owner.trim() }),
    ...(eventTime.trim() !== "" && { eventTime: eventTime.trim() }),
    ...(createdTime.trim() !== "" && { createdTime: createdTime.trim() }),
    ...(draft.kind === "files"
      ? { files: { format: draft.format, paths: paths.filter((path) => path !== "") } }
      : { sql: draft.sql }),
  };
}

/** Registers a source, or changes one. `columns` are those it had when it was last read. */
export function SourceForm({
  stored,
  columns: before,
  actions,
}: {
  stored: StoredDefinitionAnswer | null;
  columns: Column[];
  actions: DefinitionActions;
}): React.ReactElement {
  const form = useDefinitionForm<Draft>({
    kind: "source",
    stored,
    draft: () => (stored ? draftOf(stored.definition) : EMPTY),
    definitionOf,
    draftOf,
    actions,
  });
  const { draft, change, problems } = form;
  const [columns, setColumns] = useState<readonly Column[]>(before);
  const times = columns.filter(({ type }) => type === "TIMESTAMP" || type === "DATE").map((column) => column.name);
  const pathError = Object.entries(problems.fields).find(([path]) => path.startsWith("files"))?.[1];
  return (
    <DefinitionForm
      form={form}
      cancel={stored ? definitionHref("source", stored.name) : KIND_WORDS.source.list}
      shown={(path) => /^(name|description|owner|tags.*|files.*|sql|eventTime|createdTime)$/.test(path)}
    >
      <NameField
        name={draft.name}
        isNew={form.isNew}
        error={problems.fields.name}
        change={(name) => change({ name })}
      />
      <Radio.Group
        label="Rows come from"
        value={draft.kind}
        onChange={(kind) => change({ kind: kind === "sql" ? "sql" : "files" })}
      >
        <div className={classes.list} style={{ paddingLeft: 0, marginTop: 8 }}>
          <Radio value="files" label="Files: CSV, Parquet or JSON" />
          <Radio value="sql" label="SQL over other sources and feature groups" />
        </div>
      </Radio.Group>
      {draft.kind === "files" ? (
        <>
          <Upload
            onUploaded={(file, name) => {
              setColumns(file.columns);
              const time = file.columns.find((column) => column.type === "TIMESTAMP")?.name ?? "";
              change({
                format: file.format,
                paths: file.path,
                eventTime: time,
                ...(form.isNew && draft.name === "" ? { name: nameFrom(name.replace(/\.\w+$/, "")) } : {}),
              });
            }}
          />
          <Textarea
            label="Files"
            description="One per line: a path or pattern on the server, relative to Larder's folder, or an uploaded file as upload:…"
            className={classes.mono}
            autosize
            minRows={2}
            spellCheck={false}
            value={draft.paths}
            error={pathError}
            onChange={(event) => change({ paths: event.currentTarget.value })}
          />
          <div>
            <SegmentedControl
              aria-label="Format of the files"
              size="xs"
              value={draft.format}
              onChange={(format) => change({ format: format as Draft["format"] })}
              data={[
                { value: "csv", label: "CSV" },
                { value: "parquet", label: "Parquet" },
                { value: "json", label: "JSON" },
              ]}
            />
          </div>
        </>
      ) : (
        <SqlEditor
          label="SQL"
          description="One SELECT over sources and feature groups"
          value={draft.sql}
          error={problems.fields.sql}
          onChange={(sql) => change({ sql })}
          onPreview={(preview) => setColumns(preview.columns)}
        />
      )}
      <div className={classes.row}>
        <Autocomplete
          label="Event time"
          description="The column that says when something happened; none: rows hold for all time"
          className={classes.mono}
          data={times}
          value={draft.eventTime}
          error={problems.fields.eventTime}
          onChange={(eventTime) => change({ eventTime })}
        />
        <Autocomplete
          label="Created time"
          description="The column that says when the row was written, if there is one"
          className={classes.mono}
          data={times}
          value={draft.createdTime}
          error={problems.fields.createdTime}
          onChange={(createdTime) => change({ createdTime })}
        />
      </div>
      <DescribedFields draft={draft} errors={problems.fields} change={change} />
    </DefinitionForm>
  );
}
