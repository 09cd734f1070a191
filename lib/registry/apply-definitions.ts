import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { invalidDefinitions, type LocatedDefinition, parseDefinitionFiles } from "./definition-files";
import type { ApplyDefinitions, Plan } from "./definition-schema";
import { planDefinitions, type Registered } from "./plan";
import { writeDefinitions } from "./write-definitions";

/**
 * Brings the catalog to what the files say, all or nothing, and answers the plan of it; with `dryRun` only the plan.
 * The same files again change nothing. Throws `definition_invalid` with file, line and reason of every mistake,
 * and `forbidden` where the project's own title or description would change and the actor may not change them.
 */
export async function applyDefinitions(ctx: Context, input: ApplyDefinitions): Promise<Plan> {
  authorize(ctx, "definition.write", `project:${ctx.project.name}`);
  const located = parseDefinitionFiles(input.files);
  const foreign = located.find(
    (item) => item.definition.kind === "project" && item.definition.name !== ctx.project.name,
  );
  if (foreign) {
    const detail = `these files define project ${foreign.definition.name}, but the project in use is ${ctx.project.name}`;
    throw invalidDefinitions([{ code: "other_project", ...foreign.at(""), detail }]);
  }
  const desire = (registered: Registered): LocatedDefinition[] => {
    requireProjectRight(ctx, registered, located);
    return located;
  };
  const steps = await writeDefinitions(ctx, { dryRun: input.dryRun, desire });
  return { steps, applied: !input.dryRun };
}

/** What the project is called takes the same right as where people edit it. */
function requireProjectRight(ctx: Context, registered: Registered, located: LocatedDefinition[]): void {
  const project = located.map((item) => item.definition).filter(({ kind }) => kind === "project");
  if (planDefinitions(registered, project).some((step) => step.action !== "unchanged"))
    authorize(ctx, "project.manage", `project:${ctx.project.name}`);
}
