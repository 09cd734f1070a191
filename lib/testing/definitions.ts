import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { z } from "zod";
import { newId } from "@/lib/platform/ids";
import { applyDefinitions } from "@/lib/registry/apply-definitions";
import type {
  ConsumerDefinition,
  Definition,
  DefinitionFile,
  EntityDefinition,
  FeatureDefinition,
  FeatureGroupDefinition,
  FeatureViewDefinition,
  Plan,
  SourceDefinition,
} from "@/lib/registry/definition-schema";
import type { FeatureStatus } from "@/lib/registry/schema";
import { sourceFolder, type TestContext } from "./context";

/** A definition as people write it: what has a default may be left out. */
export type Written = z.input<typeof Definition>;
type WrittenFeature = z.input<typeof FeatureDefinition> & { status?: FeatureStatus };
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
  const folder = join(sourceFolder(ctx.folder), ctx.project.name);
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

type Features = Record<string, string | Omit<WrittenFeature, "name">>;

/** A feature group; a feature may say its `status`, and one given by its type alone is ACTIVE. */
export function group(
  name: string,
  about: { entity: string; sql?: string; features: Features } & Omit<Rest<typeof FeatureGroupDefinition>, "features">,
): Written {
  const features = Object.entries(about.features).map(([feature, given]) => ({
    name: feature,
    ...(typeof given === "string" ? { type: given, status: "ACTIVE" as const } : given),
  }));
  return { kind: "feature_group", name, ...about, features: features as WrittenFeature[] };
}

/** A feature view. */
export function view(
  name: string,
  joins: z.input<typeof FeatureViewDefinition>["joins"],
  rest: Rest<typeof FeatureViewDefinition> = {},
): Written {
  return { kind: "feature_view", name, joins, ...rest };
}

/** A consumer. */
export function consumer(name: string, rest: Rest<typeof ConsumerDefinition> = {}): Written {
  return { kind: "consumer", name, type: "model", ...rest };
}

/** Definitions as one YAML file of several documents, without the statuses that only tests say. */
export function filesOf(definitions: Written[]): DefinitionFile[] {
  const text = definitions.map((item) => stringify(withoutStatus(item), { lineWidth: 0 })).join("---\n");
  return [{ path: "project.yaml", text }];
}

/** Registers definitions. Features that are new get the status that the test says, in the database itself. */
export async function apply(ctx: TestContext, ...definitions: Written[]): Promise<Plan> {
  const where = { projectId: ctx.project.id };
  const known = new Set((await ctx.db.feature.findMany({ where, select: { id: true } })).map(({ id }) => id));
  const plan = await applyDefinitions(ctx, { files: filesOf(definitions), dryRun: false });
  // Tests set up states without going through change requests.
  const features = await ctx.db.feature.findMany({
    where: { ...where, group: { latest: true } },
    include: { group: true },
  });
  for (const feature of features) {
    const status = known.has(feature.id) ? undefined : statusIn(definitions, feature.group.name, feature.name);
    if (status) await ctx.db.feature.update({ where: { id: feature.id }, data: { status } });
  }
  return plan;
}

/** A definition without what only tests say: as files, forms and the API may send it. */
export function withoutStatus(definition: Written): Written {
  if (definition.kind !== "feature_group") return definition;
  return { ...definition, features: definition.features.map(({ status: _, ...feature }: WrittenFeature) => feature) };
}

function statusIn(definitions: Written[], group: string, feature: string): FeatureStatus | undefined {
  const definition = definitions.find((item) => item.kind === "feature_group" && item.name === group);
  if (definition?.kind !== "feature_group") return undefined;
  return definition.features.find((item: WrittenFeature): item is WrittenFeature => item.name === feature)?.status;
}
