"use client";

import { Autocomplete, Radio, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Column } from "@/lib/kernel/values";
import type { StoredDefinitionAnswer } from "@/lib/registry/definition-schema";
import { DefinitionForm } from "./definition-form";
import classes from "./form.module.css";
import { DescribedFields, NameField } from "./form-parts";
import { definitionHref, KIND_WORDS } from "./kind-words";
import type { DefinitionActions } from "./outcome";
import { definitionOf, draftOf, EMPTY_SOURCE, type SourceDraft } from "./source-draft";
import { SqlEditor } from "./sql-editor";
import { nameFrom } from "./sql-names";
import { Upload } from "./upload";
import { useDefinitionForm } from "./use-definition-form";

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
  const form = useDefinitionForm<SourceDraft>({
    kind: "source",
    stored,
    draft: () => (stored ? draftOf(stored.definition) : EMPTY_SOURCE),
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
      shown={(path) => /^(name|description|owner|tags.*|files.*|sql|postgres.*|eventTime|createdTime)$/.test(path)}
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
        onChange={(kind) => change({ kind: kind as SourceDraft["kind"] })}
      >
        <div className={classes.list} style={{ paddingLeft: 0, marginTop: 8 }}>
          <Radio value="files" label="Files: CSV, Parquet or JSON" />
          <Radio value="sql" label="SQL over other sources and feature groups" />
          <Radio value="postgres" label="A table of a PostgreSQL database" />
        </div>
      </Radio.Group>
      {draft.kind === "postgres" && (
        <div className={classes.row}>
          <TextInput
            label="Connection"
            description="NAME, where the server has its address in LARDER_SOURCE_NAME"
            className={classes.mono}
            value={draft.connection}
            error={problems.fields["postgres.connection"]}
            onChange={(event) => change({ connection: event.currentTarget.value })}
          />
          <TextInput
            label="Table"
            description="schema.table, or table; views too"
            className={classes.mono}
            value={draft.table}
            error={problems.fields["postgres.table"]}
            onChange={(event) => change({ table: event.currentTarget.value })}
          />
        </div>
      )}
      {draft.kind === "files" && (
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
              onChange={(format) => change({ format: format as SourceDraft["format"] })}
              data={[
                { value: "csv", label: "CSV" },
                { value: "parquet", label: "Parquet" },
                { value: "json", label: "JSON" },
              ]}
            />
          </div>
        </>
      )}
      {draft.kind === "sql" && (
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
