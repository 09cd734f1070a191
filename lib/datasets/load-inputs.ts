import { createHash } from "node:crypto";
import { authorize } from "@/lib/access/authorize";
import type { Input, Table } from "@/lib/engines/offline/port";
import { canonicalJson } from "@/lib/kernel/canonical-json";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { catalogOf, inputsFor } from "@/lib/registry/catalog";
import { loadCopies } from "@/lib/registry/load-copies";
import { loadDefinitions } from "@/lib/registry/load-definitions";
import { loadRelations, personalNames, type Relations } from "@/lib/registry/personal-names";
import { type GroupWithColumns, loadTable } from "./load-table";

/** Everything SQL reads, ready for the engine, and what it was: a fingerprint per name that changes exactly when the data does. */
export type LoadedInputs = { inputs: Input[]; fingerprints: Record<string, string> };

/**
 * Resolves the names that SQL reads to sources and the newest data of groups. Throws `not_found` for names that are
 * neither, `state_conflict` for a foreign table that was not read yet, and `forbidden` for groups with personal features and the sources under them, unless the actor is a sensitive
 * reader, and for groups with DRAFT features, unless the actor may read those.
 */
export async function loadInputs(
  ctx: Context,
  names: string[],
  options: { fingerprints?: boolean; unread?: "refuse" | "empty"; retired?: "keep" | "hide" } = {},
): Promise<LoadedInputs> {
  const [definitions, copies, relations, groups] = await Promise.all([
    loadDefinitions(ctx),
    loadCopies(ctx),
    loadRelations(ctx.db, ctx.project.id),
    ctx.db.featureGroup.findMany({
      where: { projectId: ctx.project.id, latest: true },
      include: { entity: true, features: true },
    }),
  ]);
  const catalog = catalogOf(
    definitions.map((item) => item.body),
    ctx.project.id,
    copies,
  );
  const unknown = names.filter((name) => !catalog.sources.has(name) && !catalog.groups.has(name));
  if (unknown.length > 0) {
    throw new LarderError(
      "not_found",
      `SQL reads ${unknown.join(", ")}, which is neither a source nor a feature group of project ${ctx.project.name}`,
    );
  }
  const reads = relations.sources;
  const tables = new Map<string, { table: Table; contentId: string }>();
  const needed = inputsFor(
    names,
    catalog,
    (name) => reads.get(name) ?? [],
    () => EMPTY,
  );
  requireReadableInputs(ctx, needed, relations, groups);
  const unread = needed.find(({ name }) => copies.get(name)?.path === null);
  if (unread && options.unread !== "empty") {
    const detail = `Source ${unread.name} has not been read since its table was registered; refresh what reads it first`;
    throw new LarderError("state_conflict", detail);
  }
  for (const input of needed) {
    const group = input.kind === "table" ? groups.find((row) => row.name === input.name) : undefined;
    if (!group) continue;
    const loaded = await loadTable(ctx, group);
    tables.set(input.name, options.retired === "hide" ? withoutRetired(loaded, group) : loaded);
  }
  const inputs = needed.map((input) =>
    input.kind === "table" ? { ...input, table: tables.get(input.name)?.table ?? input.table } : input,
  );
  const fingerprints: Record<string, string> = {};
  // They take reading every file whole, which a preview must not wait for.
  if (options.fingerprints === false) return { inputs, fingerprints };
  for (const input of inputs) {
    const copy = copies.get(input.name);
    if (copy) fingerprints[input.name] = copy.fingerprint ?? "";
    else if (input.kind === "files") fingerprints[input.name] = await ctx.offline.fingerprint(input.paths);
    else if (input.kind === "table") fingerprints[input.name] = fingerprint(tables.get(input.name)?.contentId);
    else
      fingerprints[input.name] = fingerprint([
        input.sql,
        ...(reads.get(input.name) ?? []).map((name) => fingerprints[name]),
      ]);
  }
  return { inputs, fingerprints };
}

/** A table without the columns of RETIRED features, for what people type: their values are shown to nobody. */
function withoutRetired<T extends { table: Table }>(loaded: T, group: GroupWithColumns): T {
  const retired = new Set(group.features.flatMap(({ name, status }) => (status === "RETIRED" ? [name] : [])));
  const { table } = loaded;
  const features = table.shape.features.filter((feature) => !retired.has(feature.name));
  return { ...loaded, table: { ...table, shape: { ...table.shape, features } } };
}

function requireReadableInputs(
  ctx: Context,
  needed: Input[],
  relations: Relations,
  groups: { name: string; features: { name: string; status: string }[] }[],
): void {
  const personal = personalNames(relations);
  for (const { kind, name } of needed) {
    const refer = (features: string[]): string =>
      [...new Set(features)].map((feature) => `feature:${name}:${feature}`).join(", ");
    if (personal.has(name)) {
      const marked = relations.groups.flatMap((group) => (group.name === name ? group.personal : []));
      authorize(ctx, "sensitive.read", kind === "table" ? refer(marked) : `source:${name}`);
    }
    if (kind !== "table") continue;
    const drafts = groups.find((group) => group.name === name)?.features.filter(({ status }) => status === "DRAFT");
    if (drafts?.length) authorize(ctx, "draft.read", refer(drafts.map((feature) => feature.name)));
  }
}

/** A hash of plain data, independent of the order of keys. */
export function fingerprint(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

const EMPTY: Table = { shape: { keys: [], eventTime: "event_timestamp", createdTime: null, features: [] }, files: [] };
