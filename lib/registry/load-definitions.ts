import type { Context } from "@/lib/platform/context";
import type { Db, Tx } from "@/lib/platform/db";
import type { Definition } from "./definition-schema";
import type { Registered, StoredDefinition } from "./plan";

/** The newest revision of every definition that the catalog holds. */
export async function loadDefinitions(ctx: Context): Promise<StoredDefinition[]> {
  return (await loadRegistered(ctx.db, ctx.project.id)).live;
}

/** The newest revision of every definition there ever was; what has no place in the catalog any more is `gone`. */
export async function loadRegistered(db: Db | Tx, projectId: string): Promise<Registered> {
  const where = { projectId };
  type Row = Omit<StoredDefinition, "reads">;
  const rows = await db.$queryRaw<Row[]>`
    SELECT DISTINCT ON (kind, name) kind, name, version, revision, hash, body, "createdBy", "createdAt"
    FROM "Definition" WHERE "projectId" = ${projectId} ORDER BY kind, name, revision DESC`;
  const sources = await db.source.findMany({ where, select: { name: true, config: true } });
  const groups = await db.featureGroup.findMany({
    where: { ...where, latest: true },
    select: { name: true, inputs: true },
  });
  const entities = await db.entity.findMany({ where, select: { name: true } });
  const views = await db.featureView.findMany({ where: { ...where, latest: true }, select: { name: true } });
  const consumers = await db.consumer.findMany({ where, select: { name: true } });
  const reads = new Map<string, string[]>();
  for (const { name, config } of sources) reads.set(`source:${name}`, (config as { inputs?: string[] }).inputs ?? []);
  for (const { name, inputs } of groups)
    reads.set(
      `feature_group:${name}`,
      (inputs as { name: string }[]).map((input) => input.name),
    );
  for (const { name } of entities) reads.set(`entity:${name}`, []);
  for (const { name } of views) reads.set(`feature_view:${name}`, []);
  for (const { name } of consumers) reads.set(`consumer:${name}`, []);
  const registered: Registered = { live: [], gone: [] };
  for (const row of rows) {
    const found = row.kind === "project" ? [] : reads.get(`${row.kind}:${row.name}`);
    registered[found ? "live" : "gone"].push({ ...row, body: bodyOf(row.body), reads: found ?? [] });
  }
  return registered;
}

/** A stored definition as definitions are written today: features once said the status that they began with. */
export function bodyOf(stored: unknown): Definition {
  const body = stored as Definition;
  if (body.kind !== "feature_group") return body;
  const features = body.features.map((feature) => {
    const { status: _status, ...rest } = feature as typeof feature & { status?: string };
    return rest;
  });
  return { ...body, features };
}
