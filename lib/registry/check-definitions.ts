import type { OfflineEngine } from "@/lib/engines/offline/port";
import { type ErrorIssue, isLarderError } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import { type Catalog, catalogOf, inputsFor, shapeOf } from "./catalog";
import { checkViewSpine } from "./check-view-spine";
import { invalidDefinitions, type LocatedDefinition } from "./definition-files";
import type { Definition, FeatureGroupDefinition, SourceDefinition } from "./definition-schema";

/** What the engine found out about definitions: what their SQL reads, which columns sources have. */
export type Described = { reads: Map<string, string[]>; columns: Map<string, Column[]> };

/**
 * Checks definitions against each other and against the engine: references exist, SQL runs and gives keys, event time and
 * features, nothing reads itself. Throws one `definition_invalid` with file and line of every mistake.
 */
export async function checkDefinitions(
  offline: OfflineEngine,
  located: LocatedDefinition[],
  stored: Definition[],
): Promise<Described> {
  const all = catalogOf([...stored, ...located.map((item) => item.definition)]);
  const issues = located.flatMap((item) => checkReferences(item, all));
  if (issues.length > 0) throw invalidDefinitions(issues);
  const described: Described = { reads: new Map(), columns: new Map() };
  const places = new Map(located.map((item) => [item.definition, item]));
  const names = [...all.sources.keys(), ...all.groups.keys()];
  const open = new Set<string>();
  const failed = new Set<string>();
  const visit = async (name: string): Promise<boolean> => {
    if (described.reads.has(name)) return true;
    if (failed.has(name)) return false;
    const definition = all.sources.get(name) ?? all.groups.get(name);
    if (!definition) return false;
    const place = places.get(definition) ?? { file: `${definition.kind}:${name}`, line: 1, sqlFile: null, sqlLine: 1 };
    if (open.has(name)) {
      issues.push({
        code: "cycle",
        file: place.file,
        line: place.line,
        detail: `${[...open, name].join(" -> ")}: these read each other in a circle`,
      });
      return false;
    }
    open.add(name);
    try {
      await look(definition, place);
    } catch (error) {
      if (!isLarderError(error)) throw error;
      const sqlLine = Number(/LINE (\d+):/.exec(error.detail)?.[1] ?? 1);
      const detail = `${definition.kind} ${name}: ${error.detail}`;
      issues.push({
        code: error.code,
        file: place.sqlFile ?? place.file,
        line: definition.sql ? place.sqlLine + sqlLine - 1 : place.line,
        detail,
      });
    }
    open.delete(name);
    if (!described.reads.has(name)) failed.add(name);
    return described.reads.has(name);
  };
  const reads = (name: string): string[] => described.reads.get(name) ?? [];
  const empty = (group: string): { shape: ReturnType<typeof shapeOf>; files: [] } => ({
    shape: shapeOf(all.groups.get(group) as FeatureGroupDefinition, all),
    files: [],
  });
  const look = async (definition: SourceDefinition | FeatureGroupDefinition, place: Place): Promise<void> => {
    if (!definition.sql) {
      const inputs = inputsFor([definition.name], all, reads, empty);
      const { columns } = await offline.describe({ sql: `SELECT * FROM ${definition.name}`, inputs });
      described.columns.set(definition.name, columns);
      described.reads.set(definition.name, []);
      if (definition.kind === "source") issues.push(...checkTimes(definition, columns, place));
      return;
    }
    const { names: read } = await offline.describe({ sql: definition.sql, inputs: [] });
    const unknown = read.filter((name) => !all.sources.has(name) && !all.groups.has(name));
    for (const name of unknown) {
      const line = place.sqlLine + lineOfWord(definition.sql, name) - 1;
      issues.push({
        code: "unknown_relation",
        file: place.sqlFile ?? place.file,
        line,
        detail: `SQL of ${definition.name} reads ${name}, which is neither a source nor a feature group`,
      });
    }
    if (unknown.length > 0) return;
    for (const name of read) if (!(await visit(name))) return;
    const { columns } = await offline.describe({ sql: definition.sql, inputs: inputsFor(read, all, reads, empty) });
    described.columns.set(definition.name, columns);
    described.reads.set(definition.name, read);
    issues.push(
      ...(definition.kind === "feature_group"
        ? checkColumns(definition, columns, all, place)
        : checkTimes(definition, columns, place)),
    );
  };
  for (const name of names) await visit(name);
  if (issues.length > 0) throw invalidDefinitions(issues);
  for (const item of located)
    issues.push(...(await checkViewSpine(offline, item, all, { readsOf: reads, tableOf: empty })));
  if (issues.length > 0) throw invalidDefinitions(issues);
  return described;
}

type Place = { file: string; line: number; sqlFile: string | null; sqlLine: number };

function checkReferences({ definition, file, line }: LocatedDefinition, all: Catalog): ErrorIssue[] {
  const issue = (code: string, detail: string): ErrorIssue => ({ code, file, line, detail });
  if (definition.kind === "source") {
    if (Boolean(definition.files) === Boolean(definition.sql))
      return [issue("source_kind", `source ${definition.name} needs either files or sql`)];
    return all.groups.has(definition.name)
      ? [issue("duplicate", `${definition.name} is both a source and a feature group; SQL could not tell them apart`)]
      : [];
  }
  if (definition.kind === "feature_group") {
    const entity = all.entities.get(definition.entity);
    if (!entity)
      return [
        issue(
          "entity_not_found",
          `feature group ${definition.name} describes entity ${definition.entity}, which is not defined`,
        ),
      ];
    const taken = new Set([
      ...entity.joinKeys.map((key) => key.name),
      definition.eventTime,
      ...(definition.createdTime ? [definition.createdTime] : []),
    ]);
    return definition.features.flatMap((feature) => {
      const clash = taken.has(feature.name);
      taken.add(feature.name);
      return clash
        ? [
            issue(
              "duplicate",
              `feature ${feature.name} of ${definition.name} has the name of a key, a time column or another feature`,
            ),
          ]
        : [];
    });
  }
  if (definition.kind !== "feature_view") return [];
  const outputs = new Set<string>();
  return definition.joins.flatMap((join) => {
    const group = all.groups.get(join.group);
    if (!group)
      return [issue("feature_group_not_found", `view ${definition.name} joins ${join.group}, which is not defined`)];
    const keys = new Set(all.entities.get(group.entity)?.joinKeys.map((key) => key.name));
    const known = new Set(group.features.map((feature) => feature.name));
    return [
      ...Object.keys(join.keys)
        .filter((key) => !keys.has(key))
        .map((key) =>
          issue("unknown_key", `view ${definition.name} maps ${key}, which is no join key of ${group.entity}`),
        ),
      ...join.features.flatMap((name) => {
        if (!known.has(name))
          return [
            issue("feature_not_found", `view ${definition.name} reads ${join.group}:${name}, which does not exist`),
          ];
        const output = join.prefix ? `${join.prefix}__${name}` : name;
        const clash = outputs.has(output);
        outputs.add(output);
        return clash
          ? [
              issue(
                "feature_name_collision",
                `view ${definition.name} has two columns named ${output}; give one of the joins a prefix`,
              ),
            ]
          : [];
      }),
    ];
  });
}

function checkTimes(source: SourceDefinition, columns: Column[], place: Place): ErrorIssue[] {
  return [source.eventTime, source.createdTime].flatMap((name) => {
    if (!name || columns.some((column) => column.name === name)) return [];
    return [
      {
        code: "missing_column",
        file: place.file,
        line: place.line,
        detail: `source ${source.name} has no column ${name}; it has ${columns.map((column) => column.name).join(", ")}`,
      },
    ];
  });
}

function checkColumns(group: FeatureGroupDefinition, columns: Column[], all: Catalog, place: Place): ErrorIssue[] {
  const shape = shapeOf(group, all);
  const given = new Map(columns.map((column) => [column.name, column.type]));
  const at = { file: place.sqlFile ?? place.file, line: place.sqlLine };
  const need = (name: string, code: string, what: string): ErrorIssue[] =>
    given.has(name)
      ? []
      : [
          {
            ...at,
            code,
            detail: `SQL of ${group.name} lacks the ${what} ${name}; it gives ${[...given.keys()].join(", ")}`,
          },
        ];
  const expected = new Set([
    ...shape.keys.map((key) => key.name),
    shape.eventTime,
    shape.createdTime,
    ...shape.features.map((feature) => feature.name),
  ]);
  const timeType = given.get(shape.eventTime);
  return [
    ...shape.keys.flatMap((key) => need(key.name, "missing_key_column", "key column")),
    ...need(shape.eventTime, "missing_timestamp", "event-time column"),
    ...(shape.createdTime ? need(shape.createdTime, "missing_column", "created-time column") : []),
    ...(timeType && !["TIMESTAMP", "DATE"].includes(timeType)
      ? [
          {
            ...at,
            code: "invalid_timestamp",
            detail: `SQL of ${group.name}: event time ${shape.eventTime} is ${timeType}, not TIMESTAMP`,
          },
        ]
      : []),
    ...shape.features.flatMap((feature) => need(feature.name, "missing_column", "feature")),
    ...[...given.keys()]
      .filter((name) => !expected.has(name))
      .map((name) => ({
        ...at,
        code: "undeclared_column",
        detail: `SQL of ${group.name} gives ${name}, which is not among its features; declare it or leave it out`,
      })),
  ];
}

function lineOfWord(sql: string, word: string): number {
  const index = sql.search(new RegExp(`\\b${word.replace(/[^\w]/g, "\\$&")}\\b`));
  return index < 0 ? 1 : sql.slice(0, index).split("\n").length;
}
