import { encodeRow, rowSchema } from "@/lib/compute/online-row";
import { instantOf } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";
import type { TestContext } from "@/lib/testing/context";
import type { Vectors } from "./answer-text";
import { PlanCache } from "./plan-cache";
import { readVectors } from "./read-vectors";
import { ReadFeatures } from "./schema";
import type { ServedGroup, ServingCatalog } from "./serving-catalog";

/** Tests only: a project whose one group, `stats` with a ttl of an hour, has these rows online: driver → age in seconds, values. */
export async function servedCatalog(
  ctx: TestContext,
  rows: Record<string, { ageSeconds: number; values: [trips: Value, email: Value] }>,
): Promise<ServingCatalog> {
  const schema = rowSchema([
    { name: "trips", type: "INT64" },
    { name: "email", type: "STRING" },
  ]);
  const table = `stats.${ctx.project.id}`;
  const mark = { eventTime: "1970-01-01T00:00:00.000000Z", createdTime: null, commitSequence: 1, rowNumber: 0 };
  await ctx.online.putMany("larder.marks", [{ key: [table], row: encodeRow(rowSchema([]), mark, []) }]);
  await ctx.online.putMany(
    table,
    Object.entries(rows).map(([driver, { ageSeconds, values }]) => ({
      key: [driver],
      row: encodeRow(
        schema,
        {
          eventTime: instantOf(new Date(ctx.clock.now().getTime() - ageSeconds * 1000)),
          createdTime: null,
          commitSequence: 1,
          rowNumber: 1,
        },
        values,
      ),
    })),
  );
  const feature = {
    unit: null,
    status: "ACTIVE",
    sensitivity: null,
    deprecation: null,
    constraints: null,
    fallback: undefined,
  };
  const stats: ServedGroup = {
    id: "grp_stats",
    name: "stats",
    version: 1,
    latest: true,
    entity: "driver",
    keys: [{ name: "driver", type: "STRING" }],
    eventTime: "event_timestamp",
    createdTime: null,
    written: true,
    ttlSeconds: 3600,
    headSequence: 1,
    table: {
      name: table,
      schema,
      watermarkSequence: 1,
      watermarkEventTime: null,
      materializedAt: ctx.clock.now(),
      fault: null,
    },
    features: [
      { ...feature, name: "trips", dataType: "INT64", index: 0 },
      { ...feature, name: "email", dataType: "STRING", index: 1, sensitivity: "personal" },
    ],
  };
  return { project: ctx.project, revision: 1, groups: [stats], views: new Map(), plans: new PlanCache() };
}

/** Tests only: reads `stats:trips` and `stats:email` of drivers, as the actor of the context. */
export async function readDrivers(
  ctx: TestContext,
  catalog: ServingCatalog,
  drivers: string[],
  rest: Partial<ReadFeatures> = {},
): Promise<Vectors> {
  const input = ReadFeatures.parse({ entity_ids: drivers, features: ["stats:trips", "stats:email"], ...rest });
  return (await readVectors(ctx, catalog, input)).vectors;
}
