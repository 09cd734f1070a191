import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { fromForm } from "./definition-files";
import type { PlanDefinition, PlanStep } from "./definition-schema";
import { writeDefinitions } from "./write-definitions";

/** What creating or changing a definition would do, checked as if it were done: nothing is written. Throws `definition_invalid`. */
export async function planDefinition(ctx: Context, { definition }: PlanDefinition): Promise<PlanStep> {
  authorize(ctx, "definition.write", `${definition.kind}:${definition.name}`);
  const steps = await writeDefinitions(ctx, { dryRun: true, desire: () => [fromForm(definition)] });
  return steps[0] as PlanStep;
}
