import type { SqlRelation } from "@/lib/datasets/sql-schema";

/** What the editor offers after a dot and in general: columns by relation. */
export function completionSchema(relations: readonly SqlRelation[]): Record<string, string[]> {
  return Object.fromEntries(
    relations
      .filter(({ refused }) => refused === null)
      .map(({ name, columns }) => [name, columns.map((one) => one.name)]),
  );
}

/** The relations that a text seems to name, in their order; comments and quoted texts do not count. */
export function namedRelations(sql: string, relations: readonly { name: string }[]): string[] {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:''|[^'])*'/g, " ").toLowerCase();
  const words = new Set(bare.match(/[a-z_]\w*/g) ?? []);
  return relations.filter(({ name }) => words.has(name.toLowerCase())).map(({ name }) => name);
}

/** A name as it must stand in SQL. */
export function asName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
