import type { Input, Shape, Table } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import { parseDuration } from "@/lib/kernel/time";
import type { Definition, EntityDefinition, FeatureGroupDefinition, SourceDefinition } from "./definition-schema";
import type { Copy } from "./load-copies";

/** The definitions SQL can refer to, by name. Sources and feature groups share one namespace. */
export type Catalog = {
  entities: Map<string, EntityDefinition>;
  sources: Map<string, SourceDefinition>;
  groups: Map<string, FeatureGroupDefinition>;
  /** Whose uploads file sources may name. */
  projectId: string;
  /** Foreign tables as they were last looked at, by source. */
  copies: Map<string, Copy>;
};

/** Sorts the definitions of a project into a catalog; a later one of the same name replaces an earlier one. */
export function catalogOf(
  definitions: Definition[],
  projectId: string,
  copies: Map<string, Copy> = new Map(),
): Catalog {
  const catalog: Catalog = { entities: new Map(), sources: new Map(), groups: new Map(), projectId, copies };
  for (const definition of definitions) {
    if (definition.kind === "entity") catalog.entities.set(definition.name, definition);
    if (definition.kind === "source") catalog.sources.set(definition.name, definition);
    if (definition.kind === "feature_group") catalog.groups.set(definition.name, definition);
  }
  return catalog;
}

/** How the rows of a group are laid out. Throws `entity_not_found`. */
export function shapeOf(group: FeatureGroupDefinition, catalog: Catalog): Shape {
  const entity = catalog.entities.get(group.entity);
  if (!entity)
    throw new LarderError(
      "entity_not_found",
      `Feature group ${group.name} describes entity ${group.entity}, which does not exist`,
    );
  return {
    keys: entity.joinKeys,
    eventTime: group.eventTime,
    createdTime: group.createdTime ?? null,
    features: group.features.map(({ name, type }) => ({ name, type })),
  };
}

/** Seconds a value of the group keeps; null: for ever. */
export function ttlSecondsOf(group: { ttl?: string | undefined }): number | null {
  return group.ttl ? parseDuration(group.ttl) || null : null;
}

/**
 * The relations that SQL reading `names` needs, dependencies first. `readsOf` tells what a SQL source reads,
 * `tableOf` gives the rows of a group. Names that nothing provides are left out.
 */
export function inputsFor(
  names: string[],
  catalog: Catalog,
  readsOf: (source: string) => string[],
  tableOf: (group: string) => Table,
): Input[] {
  const inputs = new Map<string, Input>();
  const visit = (name: string, path: string[]): void => {
    if (path.includes(name)) {
      throw new LarderError(
        "definition_invalid",
        `${[...path, name].join(" -> ")}: these definitions read each other in a circle`,
      );
    }
    if (inputs.has(name)) return;
    const source = catalog.sources.get(name);
    if (source?.files)
      inputs.set(name, {
        name,
        kind: "files",
        format: source.files.format,
        paths: pathsOf(source.files.paths, catalog),
      });
    else if (source?.postgres) {
      // Not read yet: no rows, of the types that are known.
      const { columns, path } = catalog.copies.get(name) ?? { columns: [], path: null };
      inputs.set(name, { name, kind: "files", format: "json", paths: path ? [path] : [], columns });
    } else if (source?.sql) {
      for (const read of readsOf(name)) visit(read, [...path, name]);
      inputs.set(name, { name, kind: "sql", sql: source.sql });
    } else if (catalog.groups.has(name)) inputs.set(name, { name, kind: "table", table: tableOf(name) });
  };
  for (const name of names) visit(name, []);
  return [...inputs.values()];
}

/** The engine keeps uploads by project; what a definition names is always looked for among its own project's. */
function pathsOf(paths: string[], { projectId }: Catalog): string[] {
  return paths.map((path) => (path.startsWith("upload:") ? `upload:${projectId}/${path.slice(7)}` : path));
}
