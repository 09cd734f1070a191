import type { ColumnOrigin } from "@/lib/engines/offline/port";
import type { Column } from "@/lib/kernel/values";
import type { Source } from "@/lib/platform/generated/prisma/client";
import type { SourceSummary } from "./schema";

/** What a source is, as its kind says. `origins`: what the columns of a SQL source are made from. */
export type SourceConfig = {
  paths?: string[];
  sql?: string;
  inputs?: string[];
  origins?: ColumnOrigin[];
  connection?: string;
  table?: string;
};

/** What the last run saw of a source. */
export type LastRead = {
  fingerprint: string;
  rowCount: number;
  readAt: string;
  /** Of a foreign table: which one, its columns then, and the file that holds its rows. */
  copy?: { table: string; columns: Column[]; path: string };
};

/** A source as the catalog shows it. */
export function summarizeSource(source: Source): SourceSummary {
  const config = source.config as SourceConfig;
  const lastRead = source.lastRead as LastRead | null;
  return {
    name: source.name,
    kind: source.kind as SourceSummary["kind"],
    description: source.description,
    owner: source.owner,
    tags: source.tags,
    columns: source.columns as Column[],
    eventTime: source.eventTime,
    paths: config.paths ?? [],
    sql: config.sql ?? null,
    postgres: config.connection && config.table ? { connection: config.connection, table: config.table } : null,
    inputs: config.inputs ?? [],
    rowCount: lastRead?.rowCount ?? null,
    readAt: lastRead?.readAt ?? null,
    updatedAt: source.updatedAt.toISOString(),
  };
}
