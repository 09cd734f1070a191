import type { Table } from "@/lib/engines/offline/port";
import { type ErrorIssue, isLarderError } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { type Catalog, catalogOf, inputsFor, shapeOf } from "./catalog";
import { checkColumns, checkTimes } from "./check-columns";
import { checkReferences } from "./check-references";
import { checkViewSpine } from "./check-view-spine";
import { invalidDefinitions, type LocatedDefinition, type Place } from "./definition-files";
import { findLive } from "./definition-kinds";
import type { FeatureGroupDefinition, PlanStep, SourceDefinition } from "./definition-schema";
import { downstreamOf } from "./dependents";
import { loadKnown } from "./load-known";
import { isSameStructure, type StoredDefinition } from "./plan";

/** What the engine found out: what SQL reads, which columns sources have. What it had no need to look at is as stored. */
export type Described = { reads: Map<string, string[]>; columns: Map<string, Column[]> };

/**
 * Checks definitions against each other, against what is stored and against the engine: references exist, SQL runs and
 * gives keys, event time and features, nothing reads itself, and what reads them still runs. Definitions that change in
 * words only were checked before. Throws one `definition_invalid` with the place of every mistake.
 */
export async function checkDefinitions(
  ctx: Context,
  located: LocatedDefinition[],
  stored: StoredDefinition[],
  steps: PlanStep[],
): Promise<Described> {
  const changed = located.filter(({ definition }) => {
    const before = findLive({ live: stored, gone: [] }, definition.kind, definition.name);
    return !before || !isSameStructure(before.body, definition);
  });
  const desired = located.map((item) => item.definition);
  const all = catalogOf([...stored.map((item) => item.body), ...desired], ctx.project.id);
  const known = await loadKnown(ctx, all, { stored, desired, steps });
  requireNone(changed.flatMap((item) => checkReferences(item, known)));

  const described: Described = { reads: new Map(), columns: new Map() };
  const affected = affectedBy(changed, stored);
  for (const item of stored) if (!affected.has(item.name)) described.reads.set(item.name, item.reads);
  requireNone(await describeAll(ctx, [...affected], located, all, described));

  const readsOf = (name: string): string[] => described.reads.get(name) ?? [];
  const spines: ErrorIssue[] = [];
  for (const item of changed)
    spines.push(
      ...(await checkViewSpine(ctx.offline, item, all, { readsOf, tableOf: (name) => emptyTable(name, all) })),
    );
  requireNone(spines);
  return described;
}

function requireNone(issues: ErrorIssue[]): void {
  if (issues.length > 0) throw invalidDefinitions(issues);
}

/** Names of the sources and groups that the engine has to look at: those that change, and what is stored and reads them. */
function affectedBy(changed: LocatedDefinition[], stored: StoredDefinition[]): Set<string> {
  const isRelation = (kind: string): boolean => kind === "source" || kind === "feature_group";
  const names = changed.flatMap(({ definition }) => (isRelation(definition.kind) ? [definition.name] : []));
  const dependents = stored.map((item) => ({ id: item.name, owner: null, dependsOn: item.reads }));
  return new Set(names.flatMap((name) => [name, ...downstreamOf(dependents, name).map(({ id }) => id)]));
}

function emptyTable(group: string, all: Catalog): Table {
  return { shape: shapeOf(all.groups.get(group) as FeatureGroupDefinition, all), files: [] };
}

async function describeAll(
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
      issues.push({ code: error.code, ...at(definition.sql ? "/sql" : "/files", sqlLine), detail });
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
      const { columns } = await ctx.offline.describe({ sql: `SELECT * FROM "${name}"`, inputs: inputsOf([name]) });
      described.columns.set(name, columns);
      described.reads.set(name, []);
      if (definition.kind === "source") issues.push(...checkTimes(definition, columns, at));
      return;
    }
    const { names: read } = await ctx.offline.describe({ sql, inputs: [] });
    const unknown = read.filter((other) => !all.sources.has(other) && !all.groups.has(other));
    for (const other of unknown) {
      const detail = `SQL of ${name} reads ${other}, which is neither a source nor a feature group`;
      issues.push({ code: "unknown_relation", ...at("/sql", lineOfWord(sql, other)), detail });
    }
    if (unknown.length > 0) return;
    for (const other of read) if (!(await visit(other))) return;
    const { columns } = await ctx.offline.describe({ sql, inputs: inputsOf(read) });
    described.columns.set(name, columns);
    described.reads.set(name, read);
    issues.push(
      ...(definition.kind === "feature_group"
        ? checkColumns(definition, columns, all, at)
        : checkTimes(definition, columns, at)),
    );
  };
  for (const name of names) await visit(name);
  return issues;
}

function lineOfWord(sql: string, word: string): number {
  const index = sql.search(new RegExp(`\\b${word.replace(/[^\w]/g, "\\$&")}\\b`));
  return index < 0 ? 1 : sql.slice(0, index).split("\n").length;
}
