import type { Entity } from "@/lib/platform/generated/prisma/client";
import type { JoinKey } from "./definition-schema";
import type { EntitySummary } from "./schema";

/** What an entity's summary needs besides its row: the newest versions of its groups. */
export const ENTITY_INCLUDE = {
  groups: {
    where: { latest: true },
    orderBy: { name: "asc" },
    select: { name: true, _count: { select: { features: true } } },
  },
} as const;

type EntityRow = Entity & { groups: { name: string; _count: { features: number } }[] };

/** An entity with the groups that describe it. */
export function summarizeEntity(entity: EntityRow): EntitySummary {
  return {
    name: entity.name,
    description: entity.description,
    owner: entity.owner,
    tags: entity.tags,
    joinKeys: entity.joinKeys as JoinKey[],
    groups: entity.groups.map((group) => group.name),
    featureCount: entity.groups.reduce((sum, group) => sum + group._count.features, 0),
    updatedAt: entity.updatedAt.toISOString(),
  };
}
