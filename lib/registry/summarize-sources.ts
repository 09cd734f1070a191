import type { Column } from "@/lib/kernel/values";
import type { Source } from "@/lib/platform/generated/prisma/client";
import type { SourceSummary } from "./schema";

/** What the last run saw of a source. */
export type LastRead = { fingerprint: string; rowCount: number; readAt: string };

/** A source as the catalog shows it. */
export function summarizeSource(source: Source): SourceSummary {
  const config = source.config as { paths?: string[]; sql?: string; inputs?: string[] };
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
    inputs: config.inputs ?? [],
    rowCount: lastRead?.rowCount ?? null,
    readAt: lastRead?.readAt ?? null,
    updatedAt: source.updatedAt.toISOString(),
  };
}
