import { type RowSchema, rowSchema } from "@/lib/compute/online-row";
import type { Column, Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { JoinKey } from "@/lib/registry/definition-schema";
import type { ViewSummary } from "@/lib/registry/schema";
import { summarizeView } from "@/lib/registry/view-columns";
import { PlanCache } from "./plan-cache";

/** Where the rows of a group are online, and what they look like. */
export type ServedTable = {
  name: string;
  schema: RowSchema;
  watermarkSequence: number;
  watermarkEventTime: string | null;
  materializedAt: Date;
  fault: TableFault | null;
};

/** `ahead`: it holds commits that history does not know (R12). `lost`: the store has forgotten it. */
export type TableFault = "ahead" | "lost";

export type ServedFeature = {
  name: string;
  dataType: string;
  unit: string | null;
  status: string;
  sensitivity: string | null;
  deprecation: unknown;
  /** What pushed values must keep to. */
  constraints: unknown;
  /** Undefined: none. */
  fallback: Value | undefined;
  /** Place in the rows of the table; -1: they were written before the feature was there. */
  index: number;
};

/** A group version as far as reads need it. `table` is null until it was materialized. */
export type ServedGroup = {
  id: string;
  name: string;
  version: number;
  latest: boolean;
  entity: string;
  keys: JoinKey[];
  eventTime: string;
  createdTime: string | null;
  /** Rows come by API, not from SQL. */
  written: boolean;
  ttlSeconds: number | null;
  headSequence: number;
  table: ServedTable | null;
  features: ServedFeature[];
};

export type ServedView = Pick<ViewSummary, "name" | "version" | "joins" | "onDemand" | "requestData">;

/** Everything reads need of a project's definitions, at one revision. Never changed: a request that has one sees no mixture. */
export type ServingCatalog = {
  project: { id: string; name: string };
  revision: number;
  groups: ServedGroup[];
  views: Map<string, ServedView>;
  /** Reads that were resolved against it, by what was asked. */
  plans: PlanCache;
};

/** The project's definitions for reads as they are now; `revision` is what the project had before they were asked for. */
export async function loadCatalog(ctx: Pick<Context, "db" | "project">, revision: number): Promise<ServingCatalog> {
  const [groups, views] = await Promise.all([
    ctx.db.featureGroup.findMany({
      where: { projectId: ctx.project.id, online: true },
      include: { entity: true, features: { orderBy: { position: "asc" } }, materialization: true },
      orderBy: [{ name: "asc" }, { version: "asc" }],
    }),
    ctx.db.featureView.findMany({ where: { projectId: ctx.project.id, latest: true } }),
  ]);
  return {
    project: ctx.project,
    revision,
    plans: new PlanCache(),
    groups: groups.map((group) => {
      const { materialization } = group;
      const columns = (materialization?.columns ?? []) as Column[];
      return {
        id: group.id,
        name: group.name,
        version: group.version,
        latest: group.latest,
        entity: group.entity.name,
        keys: group.entity.joinKeys as JoinKey[],
        eventTime: group.eventTime,
        createdTime: group.createdTime,
        written: group.sql === null,
        ttlSeconds: group.ttlSeconds,
        headSequence: group.headSequence,
        table: materialization && {
          name: materialization.onlineTable,
          schema: rowSchema(columns),
          watermarkSequence: materialization.watermarkSequence,
          watermarkEventTime: materialization.watermarkEventTime,
          materializedAt: materialization.updatedAt,
          fault: null,
        },
        features: group.features.map((feature) => ({
          name: feature.name,
          dataType: feature.dataType,
          unit: feature.unit,
          status: feature.status,
          sensitivity: feature.sensitivity,
          deprecation: feature.deprecation,
          constraints: feature.constraints,
          fallback: feature.default === null ? undefined : (feature.default as Value),
          index: columns.findIndex(({ name, type }) => name === feature.name && type === feature.dataType),
        })),
      };
    }),
    views: new Map(
      views.map((view) => {
        const { name, version, joins, onDemand, requestData } = summarizeView(view);
        return [name, { name, version, joins, onDemand, requestData }];
      }),
    ),
  };
}
