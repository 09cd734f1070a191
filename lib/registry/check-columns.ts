import type { ErrorIssue } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import { type Catalog, shapeOf } from "./catalog";
import type { Place } from "./definition-files";
import type { FeatureGroupDefinition, SourceDefinition } from "./definition-schema";

/** Time columns that a source names and does not have. */
export function checkTimes(source: SourceDefinition, columns: Column[], at: (pointer: string) => Place): ErrorIssue[] {
  return (["eventTime", "createdTime"] as const).flatMap((key) => {
    const name = source[key];
    if (!name || columns.some((column) => column.name === name)) return [];
    const detail = `source ${source.name} has no column ${name}; it has ${columns.map((column) => column.name).join(", ")}`;
    return [{ code: "missing_column", ...at(`/${key}`), detail }];
  });
}

/** What the columns that a group's SQL gives lack, have too much, or have in a wrong type. */
export function checkColumns(
  group: FeatureGroupDefinition,
  columns: Column[],
  all: Catalog,
  at: (pointer: string) => Place,
): ErrorIssue[] {
  const { keys, eventTime, createdTime, features } = shapeOf(group, all);
  const given = new Map(columns.map((column) => [column.name, column.type]));
  const tell = (code: string, detail: string): ErrorIssue => ({ code, ...at("/sql"), detail });
  const need = (name: string, code: string, what: string): ErrorIssue[] =>
    given.has(name)
      ? []
      : [tell(code, `SQL of ${group.name} lacks the ${what} ${name}; it gives ${[...given.keys()].join(", ")}`)];
  const names = [...keys.map((key) => key.name), eventTime, createdTime, ...features.map((feature) => feature.name)];
  const expected = new Set(names);
  const timeType = given.get(eventTime);
  return [
    ...keys.flatMap((key) => need(key.name, "missing_key_column", "key column")),
    ...need(eventTime, "missing_timestamp", "event-time column"),
    ...(createdTime ? need(createdTime, "missing_column", "created-time column") : []),
    ...(timeType && !["TIMESTAMP", "DATE"].includes(timeType)
      ? [tell("invalid_timestamp", `SQL of ${group.name}: event time ${eventTime} is ${timeType}, not TIMESTAMP`)]
      : []),
    ...features.flatMap((feature) => need(feature.name, "missing_column", "feature")),
    ...[...given.keys()]
      .filter((name) => !expected.has(name))
      .map((name) =>
        tell(
          "undeclared_column",
          `SQL of ${group.name} gives ${name}, which is not among its features; declare it or leave it out`,
        ),
      ),
  ];
}
