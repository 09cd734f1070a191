import type { Context } from "@/lib/platform/context";
import { type ColumnRef, columnKey, type Origins } from "./column-lineage";
import type { SourceConfig } from "./summarize-sources";

/** What every column of the project is made from, newest versions of groups. */
export async function loadOrigins(ctx: Context): Promise<Origins> {
  return load(ctx, {});
}

/** What columns are made from, and those in turn: only what they need is loaded. */
export async function loadOriginsOf(ctx: Context, columns: readonly ColumnRef[]): Promise<Origins> {
  const known = new Map<string, readonly ColumnRef[]>();
  const asked = new Set<string>();
  for (let names = columns.map(({ name }) => name); names.length > 0; ) {
    for (const name of names) asked.add(name);
    const found = await load(ctx, { name: { in: [...new Set(names)] } });
    for (const [key, from] of found) known.set(key, from);
    names = [...found.values()].flatMap((from) => from.map(({ name }) => name)).filter((name) => !asked.has(name));
  }
  return known;
}

async function load(ctx: Context, named: { name?: { in: string[] } }): Promise<Map<string, readonly ColumnRef[]>> {
  const projectId = ctx.project.id;
  const [features, sources] = await Promise.all([
    ctx.db.feature.findMany({
      where: { projectId, group: { ...named, latest: true } },
      select: { name: true, madeFrom: true, group: { select: { name: true } } },
    }),
    ctx.db.source.findMany({ where: { projectId, ...named }, select: { name: true, config: true } }),
  ]);
  const origins = new Map<string, readonly ColumnRef[]>();
  for (const { name, madeFrom, group } of features)
    if (madeFrom) origins.set(columnKey({ name: group.name, column: name }), madeFrom as ColumnRef[]);
  for (const { name, config } of sources)
    for (const { column, from } of (config as SourceConfig).origins ?? [])
      origins.set(columnKey({ name, column }), from);
  return origins;
}
