import { createHash } from "node:crypto";
import type { Input, Table } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { catalogOf, inputsFor } from "@/lib/registry/catalog";
import { loadDefinitions } from "@/lib/registry/load-definitions";
import { canonicalJson } from "@/lib/registry/plan";
import { loadTable } from "./load-table";

/** Everything SQL reads, ready for the engine, and what it was: a fingerprint per name that changes exactly when the data does. */
export type LoadedInputs = { inputs: Input[]; fingerprints: Record<string, string> };

/** Resolves the names that SQL reads to sources and the newest data of groups. Throws `not_found` for names that are neither. */
export async function loadInputs(ctx: Context, names: string[]): Promise<LoadedInputs> {
  const [definitions, sources, groups] = await Promise.all([
    loadDefinitions(ctx),
    ctx.db.source.findMany({ where: { projectId: ctx.project.id } }),
    ctx.db.featureGroup.findMany({
      where: { projectId: ctx.project.id, latest: true },
      include: { entity: true, features: true },
    }),
  ]);
  const catalog = catalogOf(definitions.map((item) => item.body));
  const unknown = names.filter((name) => !catalog.sources.has(name) && !catalog.groups.has(name));
  if (unknown.length > 0) {
    throw new LarderError(
      "not_found",
      `SQL reads ${unknown.join(", ")}, which is neither a source nor a feature group of project ${ctx.project.name}`,
    );
  }
  const reads = new Map(sources.map((source) => [source.name, (source.config as { inputs?: string[] }).inputs ?? []]));
  const tables = new Map<string, { table: Table; commitIds: string[] }>();
  const needed = inputsFor(
    names,
    catalog,
    (name) => reads.get(name) ?? [],
    () => EMPTY,
  );
  for (const input of needed) {
    const group = input.kind === "table" ? groups.find((row) => row.name === input.name) : undefined;
    if (group) tables.set(input.name, await loadTable(ctx, group));
  }
  const inputs = needed.map((input) =>
    input.kind === "table" ? { ...input, table: tables.get(input.name)?.table ?? input.table } : input,
  );
  const fingerprints: Record<string, string> = {};
  for (const input of inputs) {
    if (input.kind === "files") fingerprints[input.name] = await ctx.offline.fingerprint(input.paths);
    else if (input.kind === "table") fingerprints[input.name] = fingerprint(tables.get(input.name)?.commitIds);
    else
      fingerprints[input.name] = fingerprint([
        input.sql,
        ...(reads.get(input.name) ?? []).map((name) => fingerprints[name]),
      ]);
  }
  return { inputs, fingerprints };
}

/** A hash of plain data, independent of the order of keys. */
export function fingerprint(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

const EMPTY: Table = { shape: { keys: [], eventTime: "event_timestamp", createdTime: null, features: [] }, files: [] };
