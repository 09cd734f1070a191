import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { z } from "zod";
import { newId } from "@/lib/platform/ids";
import { applyDefinitions } from "@/lib/registry/apply-definitions";
import type {
  Definition,
  DefinitionFile,
  EntityDefinition,
  FeatureDefinition,
  FeatureGroupDefinition,
  FeatureViewDefinition,
  Plan,
  SourceDefinition,
} from "@/lib/registry/definition-schema";
import type { TestContext } from "./context";

/** A definition as people write it: what has a default may be left out. */
export type Written = z.input<typeof Definition>;
type Rest<T extends z.ZodType> = Partial<z.input<T>>;

/** The same engines and database in a fresh project, so that tests of one file share one DuckDB process. */
export async function inNewProject(ctx: TestContext): Promise<TestContext> {
  const id = newId("prj");
  const name = `test_${id.slice(-12)}`;
  await ctx.db.project.create({ data: { id, name, title: name } });
  return { ...ctx, project: { id, name } };
}

/** Writes text where sources of this project may read it and answers the absolute path. Again: replaces it. */
export async function writeSourceFile(ctx: TestContext, name: string, text: string): Promise<string> {
  const folder = join(ctx.folder, "sources", ctx.project.name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

/** An entity with these typed keys, in this order. */
export function entity(name: string, keys: Record<string, string>, rest: Rest<typeof EntityDefinition> = {}): Written {
  const joinKeys = Object.entries(keys).map(([key, type]) => ({ name: key, type })) as z.input<
    typeof EntityDefinition
  >["joinKeys"];
  return { kind: "entity", name, joinKeys, ...rest };
}

/** A source over a CSV file that is written now. */
export async function csvSource(
  ctx: TestContext,
  name: string,
  csv: string,
  rest: Rest<typeof SourceDefinition> = {},
): Promise<Written> {
  const path = await writeSourceFile(ctx, `${name}.csv`, csv);
  return { kind: "source", name, files: { format: "csv", paths: [path] }, ...rest };
}

type Features = Record<string, string | Omit<z.input<typeof FeatureDefinition>, "name">>;

/** A feature group; a feature given by its type alone is ACTIVE. */
export function group(
  name: string,
  about: { entity: string; sql: string; features: Features } & Omit<Rest<typeof FeatureGroupDefinition>, "features">,
): Written {
  const features = Object.entries(about.features).map(([feature, given]) => ({
    name: feature,
    ...(typeof given === "string" ? { type: given, status: "ACTIVE" as const } : given),
  }));
  return { kind: "feature_group", name, ...about, features };
}

/** A feature view. */
export function view(
  name: string,
  joins: z.input<typeof FeatureViewDefinition>["joins"],
  rest: Rest<typeof FeatureViewDefinition> = {},
): Written {
  return { kind: "feature_view", name, joins, ...rest };
}

/** Definitions as one YAML file of several documents. */
export function filesOf(definitions: Written[]): DefinitionFile[] {
  const text = definitions.map((definition) => stringify(definition, { lineWidth: 0 })).join("---\n");
  return [{ path: "project.yaml", text }];
}

/** Registers definitions. */
export function apply(ctx: TestContext, ...definitions: Written[]): Promise<Plan> {
  return applyDefinitions(ctx, { files: filesOf(definitions), dryRun: false });
}
