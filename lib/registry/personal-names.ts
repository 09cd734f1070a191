import { posix } from "node:path";
import type { Db, Tx } from "@/lib/platform/db";

/** What decides which names are personal: each version of each group, and what SQL sources read. */
export type Relations = {
  groups: { name: string; version: number; reads: string[]; personal: string[] }[];
  /** What each source reads, by name; files read nothing. */
  sources: Map<string, string[]>;
  /** Files and foreign tables that each source names, and every upload that it ever named. */
  outside?: Map<string, string[]>;
};

/**
 * The names that only a sensitive reader's SQL may read: groups that have a personal feature in any version, and every
 * source that their SQL reads, directly or through other sources. Raw columns say what the features say, also under the
 * name of another source.
 */
export function personalNames({ groups, sources, outside = new Map() }: Relations): Set<string> {
  const personal = new Set(groups.filter((group) => group.personal.length > 0).map(({ name }) => name));
  const read = groups.filter(({ name }) => personal.has(name)).flatMap(({ reads }) => reads);
  for (const name of reachedFrom(read, sources)) if (sources.has(name)) personal.add(name);
  const raw = new Set([...personal].flatMap((name) => outside.get(name) ?? []));
  for (const name of sources.keys()) if (outside.get(name)?.some((one) => raw.has(one))) personal.add(name);
  return personal;
}

/** What a source names outside of Larder, each thing by one name. */
export function outsideOf(config: unknown): string[] {
  const { paths = [], connection, table } = config as { paths?: string[]; connection?: string; table?: string };
  const tables = connection && table ? [`${connection}: ${table.replace(/^public\./, "")}`] : [];
  return [...paths.map((path) => posix.normalize(path)), ...tables];
}

/** The names themselves, and those that they read through SQL sources. A group is read as it was computed: there it ends. */
export function reachedFrom(names: readonly string[], sources: Relations["sources"]): Set<string> {
  const reached = new Set(names);
  // A set is walked in the order of its additions, also of those made meanwhile.
  for (const name of reached) for (const read of sources.get(name) ?? []) reached.add(read);
  return reached;
}

/** The relations of a project as they are stored. */
export async function loadRelations(db: Db | Tx, projectId: string): Promise<Relations> {
  const where = { projectId };
  const sources = await db.source.findMany({ where, select: { name: true, config: true } });
  const revisions = await db.definition.findMany({
    where: { ...where, kind: "source" },
    select: { name: true, body: true },
  });
  const outside = new Map(sources.map(({ name, config }) => [name, outsideOf(config)]));
  for (const { name, body } of revisions) {
    const { files = {} } = body as { files?: object };
    outside.get(name)?.push(...outsideOf(files).filter((path) => path.startsWith("upload:")));
  }
  const groups = await db.featureGroup.findMany({
    where,
    select: {
      name: true,
      version: true,
      inputs: true,
      features: { where: { sensitivity: "personal" }, select: { name: true }, orderBy: { position: "asc" } },
    },
  });
  return {
    groups: groups.map(({ name, version, inputs, features }) => ({
      name,
      version,
      reads: (inputs as { name: string }[]).map((input) => input.name),
      personal: features.map((feature) => feature.name),
    })),
    sources: new Map(sources.map(({ name, config }) => [name, (config as { inputs?: string[] }).inputs ?? []])),
    outside,
  };
}
