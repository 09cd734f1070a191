import type { Context } from "@/lib/platform/context";
import type { Definition } from "./definition-schema";
import type { StoredDefinition } from "./plan";

/** The newest revision of every definition of the project. */
export async function loadDefinitions(ctx: Context): Promise<StoredDefinition[]> {
  const rows = await ctx.db.definition.findMany({
    where: { projectId: ctx.project.id },
    orderBy: [{ kind: "asc" }, { name: "asc" }, { revision: "desc" }],
    distinct: ["kind", "name"],
  });
  return rows.map(({ kind, name, version, revision, hash, body }) => ({
    kind,
    name,
    version,
    revision,
    hash,
    body: body as Definition,
  }));
}
