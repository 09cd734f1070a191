import type { OfflineEngine, Table } from "@/lib/engines/offline/port";
import { type ErrorIssue, isLarderError } from "@/lib/kernel/errors";
import { type Catalog, inputsFor } from "./catalog";
import type { LocatedDefinition } from "./definition-files";

/** What is wrong with the spine that a view offers: its SQL must run and give the timestamp, every key of the joins and the request data. */
export async function checkViewSpine(
  offline: OfflineEngine,
  item: LocatedDefinition,
  catalog: Catalog,
  known: { readsOf: (source: string) => string[]; tableOf: (group: string) => Table },
): Promise<ErrorIssue[]> {
  const { definition } = item;
  if (definition.kind !== "feature_view" || !definition.spine) return [];
  const { sql, timestampColumn } = definition.spine;
  const issue = (code: string, detail: string, sqlLine = 1): ErrorIssue => ({
    code,
    ...item.at("/spine/sql", sqlLine),
    detail: `spine of view ${definition.name}: ${detail}`,
  });
  try {
    const { names } = await offline.describe({ sql, inputs: [] });
    const unknown = names.filter((name) => !catalog.sources.has(name) && !catalog.groups.has(name));
    if (unknown.length > 0)
      return unknown.map((name) => issue("unknown_relation", `${name} is neither a source nor a feature group`));
    const inputs = inputsFor(names, catalog, known.readsOf, known.tableOf);
    const { columns } = await offline.describe({ sql, inputs });
    const given = columns.map((column) => column.name);
    const keys = definition.joins.flatMap((join) => {
      const entity = catalog.entities.get(catalog.groups.get(join.group)?.entity ?? "");
      return (entity?.joinKeys ?? []).map((key) => join.keys[key.name] ?? key.name);
    });
    const lacks = (name: string): string => `the SQL gives no column ${name}; it gives ${given.join(", ")}`;
    return [
      ...(given.includes(timestampColumn) ? [] : [issue("missing_timestamp", lacks(timestampColumn))]),
      ...Object.keys(definition.requestData ?? {})
        .filter((name) => !given.includes(name))
        .map((name) => issue("missing_request_data", lacks(name))),
      ...[...new Set(keys)]
        .filter((name) => !given.includes(name))
        .map((name) => issue("missing_key_column", lacks(name))),
    ];
  } catch (error) {
    if (!isLarderError(error)) throw error;
    return [issue(error.code, error.detail, Number(/LINE (\d+):/.exec(error.detail)?.[1] ?? 1))];
  }
}
