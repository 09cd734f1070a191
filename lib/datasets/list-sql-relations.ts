import { authorize, may } from "@/lib/access/authorize";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { JoinKey } from "@/lib/registry/definition-schema";
import { loadRelations, personalNames } from "@/lib/registry/personal-names";
import type { SqlCatalog, SqlRelation } from "./sql-schema";

/** Everything that SQL of this project may name, by name, with columns and whether the actor may read it. */
export async function listSqlRelations(ctx: Context): Promise<SqlCatalog> {
  authorize(ctx, "sql.run", `project:${ctx.project.name}`);
  const where = { projectId: ctx.project.id };
  const [sources, groups, relations] = await Promise.all([
    ctx.db.source.findMany({ where }),
    ctx.db.featureGroup.findMany({
      where: { ...where, latest: true },
      include: { entity: true, features: { orderBy: { position: "asc" } } },
    }),
    loadRelations(ctx.db, ctx.project.id),
  ]);
  const personal = personalNames(relations);
  const refusal = (name: string, drafts = false): string | null => {
    if (personal.has(name) && !may(ctx.actor, "sensitive.read"))
      return "It holds personal values, which takes a sensitive reader";
    return drafts && !may(ctx.actor, "draft.read") ? "It has features that are still DRAFT" : null;
  };
  const all: SqlRelation[] = [
    ...sources.map(
      ({ name, description, columns }): SqlRelation => ({
        name,
        kind: "source",
        description,
        columns: columns as Column[],
        refused: refusal(name),
      }),
    ),
    ...groups.map(
      ({ name, description, entity, eventTime, createdTime, features }): SqlRelation => ({
        name,
        kind: "feature_group",
        description,
        columns: [
          ...(entity.joinKeys as JoinKey[]).map((key) => ({ name: key.name, type: key.type })),
          { name: eventTime, type: "TIMESTAMP" },
          ...(createdTime ? [{ name: createdTime, type: "TIMESTAMP" }] : []),
          ...features.map((feature) => ({ name: feature.name, type: feature.dataType })),
        ],
        refused: refusal(
          name,
          features.some(({ status }) => status === "DRAFT"),
        ),
      }),
    ),
  ];
  return { relations: all.sort((a, b) => a.name.localeCompare(b.name, "en")) };
}
