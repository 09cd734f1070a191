import type { Definition, SourceDefinition } from "@/lib/registry/definition-schema";

/** A source as the form holds it while it is written; the fields of other kinds are kept until it is sent. */
export type SourceDraft = {
  name: string;
  description: string;
  owner: string;
  tags: string[];
  kind: "files" | "sql" | "postgres";
  format: "csv" | "parquet" | "json";
  paths: string;
  sql: string;
  connection: string;
  table: string;
  eventTime: string;
  createdTime: string;
};

/** The draft of a new source. */
export const EMPTY_SOURCE: SourceDraft = {
  name: "",
  description: "",
  owner: "",
  tags: [],
  kind: "files",
  format: "csv",
  paths: "",
  sql: "",
  connection: "",
  table: "",
  eventTime: "",
  createdTime: "",
};

/** The draft of a registered source. */
export function draftOf(definition: Definition): SourceDraft {
  const { name, description, owner, tags, files, sql, postgres, eventTime, createdTime } =
    definition as SourceDefinition;
  return {
    ...EMPTY_SOURCE,
    ...{ name, description, owner: owner ?? "", tags },
    kind: files ? "files" : postgres ? "postgres" : "sql",
    format: files?.format ?? "csv",
    paths: files?.paths.join("\n") ?? "",
    sql: sql ?? "",
    connection: postgres?.connection ?? "",
    table: postgres?.table ?? "",
    eventTime: eventTime ?? "",
    createdTime: createdTime ?? "",
  };
}

/** The definition that a draft stands for, as it is sent. */
export function definitionOf(draft: SourceDraft): unknown {
  const { name, description, tags, owner, eventTime, createdTime } = draft;
  return {
    kind: "source",
    ...{ name, description, tags },
    ...(owner.trim() !== "" && { owner: owner.trim() }),
    ...(eventTime.trim() !== "" && { eventTime: eventTime.trim() }),
    ...(createdTime.trim() !== "" && { createdTime: createdTime.trim() }),
    ...rowsOf(draft),
  };
}

function rowsOf({ kind, format, paths, sql, connection, table }: SourceDraft): object {
  if (kind === "sql") return { sql };
  if (kind === "postgres") return { postgres: { connection: connection.trim(), table: table.trim() } };
  const listed = paths.split("\n").map((path) => path.trim());
  return { files: { format, paths: listed.filter((path) => path !== "") } };
}
