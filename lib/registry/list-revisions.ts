import { authorize } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import type { Context } from "@/lib/platform/context";
import { definitionNotFound, findLive } from "./definition-kinds";
import type { DefinitionName, Revisions } from "./definition-schema";
import { bodyOf, loadRegistered } from "./load-definitions";
import { loadRelations } from "./personal-names";
import { gradeChange } from "./plan";
import { readableDefinition } from "./stored-answer";

const MAX_REVISIONS = 200;

/** The newest 200 revisions of a definition, newest first, with what each changed. Throws the `*_not_found` of its kind. */
export async function listRevisions(ctx: Context, { kind, name }: DefinitionName): Promise<Revisions> {
  authorize(ctx, "catalog.read", `${kind}:${name}`);
  if (!findLive(await loadRegistered(ctx.db, ctx.project.id), kind, name))
    throw definitionNotFound(kind, name, ctx.project.name);
  const where = { projectId: ctx.project.id, kind, name };
  const rows = await ctx.db.definition.findMany({ where, orderBy: { revision: "desc" }, take: MAX_REVISIONS + 1 });
  const nameOf = await loadActorNames(
    ctx.db,
    rows.map((row) => row.createdBy),
  );
  const { groups } = await loadRelations(ctx.db, ctx.project.id);
  const personal = new Set(groups.flatMap((group) => (group.name === name ? group.personal : [])));
  return {
    items: rows.slice(0, MAX_REVISIONS).map((row, index) => {
      const before = rows[index + 1];
      const graded = before ? gradeChange(bodyOf(before.body), bodyOf(row.body)) : { grade: null, changes: [] };
      return {
        revision: row.revision,
        version: row.version,
        createdBy: nameOf(row.createdBy),
        createdAt: row.createdAt.toISOString(),
        definition: readableDefinition(ctx, bodyOf(row.body), (feature) => personal.has(feature)),
        ...graded,
      };
    }),
  };
}
