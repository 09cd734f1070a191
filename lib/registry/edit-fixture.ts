import type { Role } from "@/lib/kernel/actor";
import type { TestContext } from "@/lib/testing/context";
import {
  apply,
  consumer,
  csvSource,
  entity,
  group,
  inNewProject,
  view,
  type Written,
  withoutStatus,
} from "@/lib/testing/definitions";
import { createDefinition } from "./create-definition";
import {
  CreateDefinition,
  type DefinableKind,
  type Definition,
  type FeatureGroupDefinition,
  type StoredDefinitionAnswer,
  UpdateFeature,
} from "./definition-schema";
import { updateDefinition } from "./update-definition";
import { updateFeature } from "./update-feature";

export const SQL = "SELECT driver, event_timestamp, trips, rating FROM rides";
export const STATS = group("stats", {
  entity: "driver",
  sql: SQL,
  features: { trips: { type: "INT64" }, rating: { type: "FLOAT64" } },
});
/** STATS without one of its features. */
export const ONLY_RATING = group("stats", {
  entity: "driver",
  sql: SQL.replace("trips, ", ""),
  features: { rating: { type: "FLOAT64" } },
});
export const ONLY_TRIPS = group("stats", {
  entity: "driver",
  sql: SQL.replace(", rating", ""),
  features: { trips: { type: "INT64" } },
});
export const MADE = group("made", {
  entity: "driver",
  sql: "SELECT driver, event_timestamp, trips * 2 AS twice FROM stats",
  features: { twice: { type: "INT64" } },
});
export const CLEAN = { kind: "source", name: "clean", sql: "SELECT * FROM rides" } as const;
export const VIEW = view("model", [{ group: "stats", features: ["trips"] }], { owner: "ann" });
export const SPINED = view("spined", [{ group: "made", features: ["twice"] }], {
  spine: { sql: "SELECT driver, event_timestamp FROM clean" },
});
export const APP = consumer("app", { owner: "bea", views: ["model"], features: ["made:twice"] });

/** A new project with entity driver, source rides and group stats, whose features are DRAFT. */
export async function projectWithStats(base: TestContext): Promise<TestContext> {
  const ctx = await inNewProject(base);
  const rides = await csvSource(ctx, "rides", "driver,event_timestamp,trips,rating\n1,2024-01-01,1,1.5\n");
  await apply(ctx, entity("driver", { driver: "INT64" }), rides, STATS);
  return ctx;
}

/** A definition as forms and the API send it. */
export function asked(definition: Written): CreateDefinition {
  return CreateDefinition.parse({ definition: withoutStatus(definition) });
}

export function create(ctx: TestContext, definition: Written): Promise<StoredDefinitionAnswer> {
  return createDefinition(ctx, asked(definition));
}

export function update(
  ctx: TestContext,
  definition: Written,
  expectedRevision: number,
): Promise<StoredDefinitionAnswer> {
  return updateDefinition(ctx, { ...asked(definition), expectedRevision });
}

export function edit(
  ctx: TestContext,
  reference: string,
  edits: object,
  expectedRevision = 1,
): Promise<StoredDefinitionAnswer> {
  return updateFeature(ctx, UpdateFeature.parse({ reference, expectedRevision, ...edits }));
}

export function named(kind: DefinableKind, name: string): { kind: DefinableKind; name: string } {
  return { kind, name };
}

/** The same context as somebody else. */
export function as(ctx: TestContext, name: string, role: Role = "engineer"): TestContext {
  return { ...ctx, actor: { kind: "user", id: `id_${name}`, name, role } };
}

export function groupOf(definition: Definition): FeatureGroupDefinition {
  if (definition.kind !== "feature_group") throw new Error(`not a group: ${definition.kind}`);
  return definition;
}
