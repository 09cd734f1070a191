import { canonicalJson } from "@/lib/kernel/canonical-json";
import { defaultFeatureType } from "@/lib/kernel/data-types";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { Prisma, type Tx } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { ttlSecondsOf } from "./catalog";
import type {
  ConsumerDefinition,
  Definition,
  EntityDefinition,
  FeatureDefinition,
  FeatureGroupDefinition,
  FeatureViewDefinition,
  SourceDefinition,
} from "./definition-schema";
import { resolveOnDemand } from "./on-demand-columns";
import { nextTick } from "./schedule";
import type { SourceConfig } from "./summarize-sources";

/** `columns` is null where the engine had no need to look again. */
type Stored<D> = {
  definition: D;
  hash: string;
  version: number;
  revision: number;
  reads: string[];
  columns: Column[] | null;
};

/** Writes one definition: its revision to the history and its present state to the catalog's tables. */
export async function storeDefinition(ctx: Context, tx: Tx, item: Stored<Definition>): Promise<void> {
  const { definition, hash, version, revision } = item;
  await tx.definition.create({
    data: {
      id: newId("def"),
      projectId: ctx.project.id,
      kind: definition.kind,
      name: definition.name,
      version,
      revision,
      hash,
      body: definition,
      createdBy: ctx.actor.id,
      createdAt: ctx.clock.now(),
    },
  });
  if (definition.kind === "project") {
    const { title, description } = definition;
    await tx.project.update({ where: { id: ctx.project.id }, data: { title, description } });
  } else if (definition.kind === "entity") await storeEntity(ctx, tx, definition, revision);
  else if (definition.kind === "source") await storeSource(ctx, tx, { ...item, definition });
  else if (definition.kind === "feature_group") await storeGroup(ctx, tx, { ...item, definition });
  else if (definition.kind === "feature_view") await storeView(ctx, tx, { ...item, definition });
  else await storeConsumer(ctx, tx, definition, revision);
}

const described = (definition: {
  description: string;
  owner?: string | undefined;
  tags: string[];
}): { description: string; owner: string | null; tags: string[] } => ({
  description: definition.description,
  owner: definition.owner ?? null,
  tags: definition.tags,
});

async function storeEntity(ctx: Context, tx: Tx, definition: EntityDefinition, revision: number): Promise<void> {
  const state = { ...described(definition), joinKeys: definition.joinKeys, revision };
  await tx.entity.upsert({
    where: { projectId_name: { projectId: ctx.project.id, name: definition.name } },
    create: { id: newId("ent"), projectId: ctx.project.id, name: definition.name, ...state },
    update: state,
  });
}

async function storeSource(
  ctx: Context,
  tx: Tx,
  { definition, revision, reads, columns }: Stored<SourceDefinition>,
): Promise<void> {
  const key = { projectId_name: { projectId: ctx.project.id, name: definition.name } };
  const before = columns ? null : ((await tx.source.findUnique({ where: key }))?.config as SourceConfig | undefined);
  const { sql, files, postgres } = definition;
  const state = {
    ...described(definition),
    kind: files ? "files" : postgres ? "postgres" : "sql",
    // What the engine found out stays until it looks again.
    config: files ?? postgres ?? { sql, inputs: reads, ...(before?.origins ? { origins: before.origins } : {}) },
    eventTime: definition.eventTime ?? null,
    createdTime: definition.createdTime ?? null,
    revision,
  };
  await tx.source.upsert({
    where: key,
    create: { id: newId("src"), projectId: ctx.project.id, name: definition.name, ...state, columns: columns ?? [] },
    update: { ...state, ...(columns ? { columns } : {}) },
  });
}

async function storeGroup(
  ctx: Context,
  tx: Tx,
  { definition, hash, version, revision, reads }: Stored<FeatureGroupDefinition>,
): Promise<void> {
  const projectId = ctx.project.id;
  const entity = await tx.entity.findUniqueOrThrow({
    where: { projectId_name: { projectId, name: definition.entity } },
  });
  const sources = new Set(
    (await tx.source.findMany({ where: { projectId, name: { in: reads } }, select: { name: true } })).map(
      (row) => row.name,
    ),
  );
  const state = {
    ...described(definition),
    entityId: entity.id,
    revision,
    sql: definition.sql ?? null,
    inputs: reads.map((name) => ({ kind: sources.has(name) ? "source" : "feature_group", name })),
    eventTime: definition.eventTime,
    createdTime: definition.createdTime ?? null,
    ttlSeconds: ttlSecondsOf(definition),
    online: definition.online,
    offline: definition.offline,
    hash,
    duplicates: definition.duplicates ?? "keep_last",
    incremental: definition.incremental ?? Prisma.DbNull,
    schedule: definition.schedule ?? Prisma.DbNull,
    retention: definition.retention ?? Prisma.DbNull,
    nextRunAt: await nextRunOf(ctx, tx, definition, version),
  };
  await tx.featureGroup.updateMany({
    where: { projectId, name: definition.name, version: { not: version } },
    data: { latest: false, nextRunAt: null },
  });
  const group = await tx.featureGroup.upsert({
    where: { projectId_name_version: { projectId, name: definition.name, version } },
    create: { id: newId("grp"), projectId, name: definition.name, version, ...state },
    update: state,
    include: { features: true },
  });
  const existing = new Map(group.features.map((feature) => [feature.name, feature]));
  // Rows online hold values by position, so within a version a feature keeps its own and new ones come last.
  let next = Math.max(-1, ...group.features.map((feature) => feature.position)) + 1;
  for (const feature of definition.features) {
    const known = existing.get(feature.name);
    const row = featureState(definition, feature, known ? known.position : next++);
    if (known) await tx.feature.update({ where: { id: known.id }, data: row });
    else {
      const { name } = feature;
      const data = { id: newId("ftr"), projectId, groupId: group.id, name, createdBy: ctx.actor.id, ...row };
      await tx.feature.create({ data });
    }
  }
  // Older versions hold the values of the same people.
  const personal = definition.features.flatMap(({ name, sensitivity }) => (sensitivity === "personal" ? [name] : []));
  await tx.feature.updateMany({
    where: { projectId, name: { in: personal }, group: { name: definition.name } },
    data: { sensitivity: "personal" },
  });
}

/** When the schedule comes next: a schedule that did not change keeps its tick, also one that is due. */
async function nextRunOf(
  ctx: Context,
  tx: Tx,
  { name, schedule }: FeatureGroupDefinition,
  version: number,
): Promise<Date | null> {
  if (!schedule) return null;
  const where = { projectId_name_version: { projectId: ctx.project.id, name, version } };
  const before = await tx.featureGroup.findUnique({ where, select: { schedule: true, nextRunAt: true } });
  const same = canonicalJson(before?.schedule ?? null) === canonicalJson(schedule);
  return (same ? before?.nextRunAt : null) ?? nextTick(schedule, ctx.clock.now());
}

function featureState(group: FeatureGroupDefinition, feature: FeatureDefinition, position: number) {
  const owner = feature.owner ?? group.owner ?? null;
  const tags = [...new Set([...feature.tags, ...group.tags])];
  return {
    position,
    dataType: feature.type,
    featureType: feature.featureType ?? defaultFeatureType(feature.type),
    description: feature.description,
    owner,
    tags,
    unit: feature.unit ?? null,
    constraints: (feature.constraints as Prisma.InputJsonValue | undefined) ?? Prisma.DbNull,
    default:
      feature.default === undefined || feature.default === null
        ? Prisma.DbNull
        : (feature.default as Prisma.InputJsonValue),
    sensitivity: feature.sensitivity ?? null,
    searchText: [
      feature.name,
      feature.name.replaceAll("_", " "),
      group.name,
      group.entity,
      feature.description,
      ...tags,
      owner ?? "",
    ]
      .join(" ")
      .toLowerCase(),
  };
}

async function storeView(
  ctx: Context,
  tx: Tx,
  { definition, version, revision }: Stored<FeatureViewDefinition>,
): Promise<void> {
  const projectId = ctx.project.id;
  const key = { projectId_name_version: { projectId, name: definition.name, version } };
  // Other joins would be another version of the view: within one, what they were resolved to stays.
  const same = await tx.featureView.findUnique({ where: key });
  const joins = (same?.joins as ResolvedJoin[] | undefined) ?? (await resolveJoins(tx, projectId, definition));
  const state = {
    ...described(definition),
    joins,
    spine: definition.spine ?? Prisma.DbNull,
    filters: definition.filters ?? Prisma.DbNull,
    aggregations: definition.aggregations ?? Prisma.DbNull,
    onDemand: (await resolveOnDemand(tx, projectId, definition, joins)) ?? Prisma.DbNull,
    requestData: definition.requestData ?? Prisma.DbNull,
    revision,
  };
  await tx.featureView.updateMany({
    where: { projectId, name: definition.name, version: { not: version } },
    data: { latest: false },
  });
  await tx.featureView.upsert({
    where: key,
    create: { id: newId("viw"), projectId, name: definition.name, version, ...state },
    update: state,
  });
}

type ResolvedJoin = {
  group: string;
  version: number;
  prefix: string | null;
  keys: Record<string, string>;
  features: string[];
};

async function resolveJoins(tx: Tx, projectId: string, definition: FeatureViewDefinition): Promise<ResolvedJoin[]> {
  const joins: ResolvedJoin[] = [];
  for (const { group: name, version, prefix, keys, features } of definition.joins) {
    const where = { projectId, name, ...(version ? { version } : { latest: true }) };
    const group = await tx.featureGroup.findFirstOrThrow({ where, select: { version: true } });
    joins.push({ group: name, version: group.version, prefix: prefix ?? null, keys, features });
  }
  return joins;
}

async function storeConsumer(ctx: Context, tx: Tx, definition: ConsumerDefinition, revision: number): Promise<void> {
  const { name, type, views, features } = definition;
  const state = { ...described(definition), type, url: definition.url ?? null, views, features, revision };
  await tx.consumer.upsert({
    where: { projectId_name: { projectId: ctx.project.id, name } },
    create: { id: newId("con"), projectId: ctx.project.id, name, ...state },
    update: state,
  });
}
