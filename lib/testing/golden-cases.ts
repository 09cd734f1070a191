import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Value } from "@/lib/kernel/values";
import { FeatureViewDefinition } from "@/lib/registry/definition-schema";
import type { TestContext } from "./context";
import { apply, csvSource, entity, group, view } from "./definitions";

const Types = z.record(z.string(), z.string());

/** case.yaml of a golden directory. What is left out is the plainest: one entity `driver` with an INT64 key. */
const CaseFile = z.strictObject({
  title: z.string().min(1),
  entities: z.record(z.string(), Types).default({ driver: { driver: "INT64" } }),
  groups: z.record(
    z.string(),
    z.strictObject({
      entity: z.string().default("driver"),
      ttl: z.string().optional(),
      createdTime: z.string().optional(),
      sql: z.string().optional(),
      features: Types,
    }),
  ),
  /** What is asked for; by default every feature of every group. */
  features: z.array(z.string()).optional(),
  /** Joins of a view that is asked for instead. */
  view: FeatureViewDefinition.shape.joins.optional(),
  options: z.record(z.string(), z.unknown()).default({}),
  /** The code with which the request is refused, and the rows that the error names. */
  error: z.string().optional(),
  errorRows: z.array(z.number()).optional(),
});

/** A table of a case: rows by column name, as they travel. */
export type CaseTable = { columns: string[]; rows: Record<string, Value>[] };

/** A point-in-time case: what is registered, what is asked, what must come back. */
export type GoldenCase = z.infer<typeof CaseFile> & {
  folder: string;
  /** The text of each group's source file. */
  sources: Record<string, string>;
  spine: CaseTable;
  /** Null exactly when `error` is set. */
  expected: CaseTable | null;
};

/** Reads a golden directory. Throws when a file is missing, or one lies there that nothing reads. */
export function readGoldenCase(parent: string, folder: string): GoldenCase {
  const present = new Set(readdirSync(join(parent, folder)));
  const take = (name: string): string => {
    if (!present.delete(name)) throw new Error(`${folder} has no ${name}`);
    return readFileSync(join(parent, folder, name), "utf8");
  };
  const file = CaseFile.parse(parse(take("case.yaml")));
  const groups = Object.keys(file.groups);
  const sources = Object.fromEntries(
    groups.map((name) => [name, take(groups.length === 1 ? "source.csv" : `source-${name}.csv`)]),
  );
  const spine = parseTable(take("spine.csv"));
  const expected = file.error ? null : parseTable(take("expected.csv"));
  if (present.size > 0) throw new Error(`${folder} has files that nothing reads: ${[...present].join(", ")}`);
  return { ...file, folder, sources, spine, expected };
}

/** Reads a table: a bare number is a number, nothing is null, what stands in quotes is text. */
export function parseTable(text: string): CaseTable {
  const [header = [], ...lines] = text.trimEnd().split("\n").map(parseLine);
  const columns = header.map(String);
  return {
    columns,
    rows: lines.map((cells) => {
      if (cells.length !== columns.length) throw new Error(`${cells.length} cells under ${columns.join(",")}`);
      return Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? null]));
    }),
  };
}

function parseLine(line: string): Value[] {
  return line.split(",").map((cell) => {
    if (cell === "") return null;
    if (cell.startsWith('"')) return cell.slice(1, -1);
    return /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell;
  });
}

/** Registers what a case has in a project of its own. */
export async function registerGoldenCase(project: TestContext, golden: GoldenCase): Promise<void> {
  const definitions = Object.entries(golden.entities).map(([name, keys]) => entity(name, keys));
  for (const [name, about] of Object.entries(golden.groups)) {
    const source = `${name}_source`;
    definitions.push(await csvSource(project, source, golden.sources[name] ?? ""));
    const keys = Object.keys(golden.entities[about.entity] ?? {});
    const times = ["event_timestamp", ...(about.createdTime ? [about.createdTime] : [])];
    const sql = about.sql ?? `SELECT ${[...keys, ...times, ...Object.keys(about.features)].join(", ")} FROM ${source}`;
    definitions.push(group(name, { ...about, sql, online: false }));
  }
  if (golden.view) definitions.push(view("asked", golden.view));
  await apply(project, ...definitions);
}

/** What a case asks, as `POST /features/historical` takes it. */
export function requestOfCase(golden: GoldenCase): Record<string, unknown> {
  const all = Object.entries(golden.groups).flatMap(([name, about]) =>
    Object.keys(about.features).map((feature) => `${name}:${feature}`),
  );
  const asked = golden.view ? { view: "asked" } : { features: golden.features ?? all };
  return { entity_df: golden.spine.rows, ...asked, ...golden.options };
}
