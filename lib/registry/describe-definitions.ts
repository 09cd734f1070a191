import type { ColumnOrigin, Table } from "@/lib/engines/offline/port";
import { describeTable } from "@/lib/engines/sources/postgres";
import { type ErrorIssue, isLarderError } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { requireConnection } from "@/lib/platform/source-connection";
import { type Catalog, inputsFor, shapeOf } from "./catalog";
import { checkColumns, checkTimes } from "./check-columns";
import type { LocatedDefinition, Place } from "./definition-files";
import type { FeatureGroupDefinition, SourceDefinition } from "./definition-schema";

/**
 * What the engine found out: what SQL reads, which columns sources have, what columns of SQL are made from. What it had no
 * need to look at is as stored.
 */
export type Described = {
  reads: Map<string, string[]>;
  columns: Map<string, Column[]>;
  /** Null: rows come from no SQL. */
  origins: Map<string, ColumnOrigin[] | null>;
  /** What SQL uses that gives something else each time it runs. */
  changing: Map<string, string[]>;
};

/** The rows of a group as far as SQL needs them to be described: none, of its columns. */
export function emptyTable(group: string, all: Catalog): Table {
  return { shape: shapeOf(all.groups.get(group) as FeatureGroupDefinition, all), files: [] };
}

/** Lets the engine look at sources and groups, and at what they read, and answers every mistake with its place. */
export async function describeAll(
  ctx: Context,
  names: string[],
  located: LocatedDefinition[],
  all: Catalog,
  described: Described,
): Promise<ErrorIssue[]> {
  const issues: ErrorIssue[] = [];
  const places = new Map(located.map((item) => [item.definition, item.at]));
  const isForm = located.every((item) => item.at("").file === undefined);
  const open = new Set<string>();
  const failed = new Set<string>();
  const visit = async (name: string): Promise<boolean> => {
    if (described.reads.has(name)) return true;
    if (failed.has(name)) return false;
    const definition = all.sources.get(name) ?? all.groups.get(name);
    if (!definition) return false;
    const stored: Place = isForm ? {} : { file: `${definition.kind}:${name}`, line: 1 };
    const at = places.get(definition) ?? (() => stored);
    if (open.has(name)) {
      const detail = `${[...open, name].join(" -> ")}: these read each other in a circle`;
      issues.push({ code: "cycle", ...at(isForm ? "/sql" : ""), detail });
      return false;
    }
    open.add(name);
    try {
      await look(definition, at);
    } catch (error) {
      if (!isLarderError(error)) throw error;
      const sqlLine = Number(/LINE (\d+):/.exec(error.detail)?.[1] ?? 1);
      const detail = `${definition.kind} ${name}: ${error.detail}`;
      const where = definition.sql ? "/sql" : isForeign(definition) ? foreignPart(error.code) : "/files";
      issues.push({ code: error.code, ...at(where, sqlLine), detail });
    }
    open.delete(name);
    if (!described.reads.has(name)) failed.add(name);
    return described.reads.has(name);
  };
  const reads = (name: string): string[] => described.reads.get(name) ?? [];
  const inputsOf = (of: string[]): ReturnType<typeof inputsFor> =>
    inputsFor(of, all, reads, (name) => emptyTable(name, all));
  const look = async (
    definition: SourceDefinition | FeatureGroupDefinition,
    at: LocatedDefinition["at"],
  ): Promise<void> => {
    const { name, sql } = definition;
    if (!sql) {
      if (isForeign(definition)) {
        const { connection, table } = definition.postgres;
        const columns = await describeTable(requireConnection(connection), table);
        all.copies.set(name, { columns, path: null, fingerprint: null });
      }
      const { columns } = await ctx.offline.describe({ sql: `SELECT * FROM "${name}"`, inputs: inputsOf([name]) });
      described.columns.set(name, columns);
      described.reads.set(name, []);
      if (definition.kind === "source") issues.push(...checkTimes(definition, columns, at));
      else described.origins.set(name, null);
      return;
    }
    const { names: read, changing } = await ctx.offline.describe({ sql, inputs: [] });
    described.changing.set(name, changing);
    const unknown = read.filter((other) => !all.sources.has(other) && !all.groups.has(other));
    for (const other of unknown) {
      const detail = `SQL of ${name} reads ${other}, which is neither a source nor a feature group`;
      issues.push({ code: "unknown_relation", ...at("/sql", lineOfWord(sql, other)), detail });
    }
    if (unknown.length > 0) return;
    for (const other of read) if (!(await visit(other))) return;
    const query = { sql, inputs: inputsOf(read) };
    const { columns } = await ctx.offline.describe(query);
    described.columns.set(name, columns);
    described.reads.set(name, read);
    described.origins.set(name, await ctx.offline.columnOrigins(query));
    issues.push(
      ...(definition.kind === "feature_group"
        ? checkColumns(definition, columns, all, at)
        : checkTimes(definition, columns, at)),
    );
  };
  for (const name of names) await visit(name);
  return issues;
}

type Foreign = SourceDefinition & { postgres: NonNullable<SourceDefinition["postgres"]> };

function isForeign(definition: SourceDefinition | FeatureGroupDefinition): definition is Foreign {
  return definition.kind === "source" && definition.postgres !== undefined;
}

const foreignPart = (code: string): string =>
  code === "source_not_found" || code === "schema_mismatch" ? "/postgres/table" : "/postgres/connection";

function lineOfWord(sql: string, word: string): number {
  const index = sql.search(new RegExp(`\\b${word.replace(/[^\w]/g, "\\$&")}\\b`));
  return index < 0 ? 1 : sql.slice(0, index).split("\n").length;
}
