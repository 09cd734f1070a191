import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "@/lib/registry/definition-schema";
import { planText } from "@/lib/registry/plan-text";
import type { Client } from "../client";
import { CliError } from "../error";

/** Reads the definition files of a folder, prints the plan, and applies it unless it is a dry run. */
export async function apply(
  options: { folder: string | undefined; dryRun: boolean },
  effects: { client: Client; print: (line: string) => void },
): Promise<void> {
  const { folder } = options;
  if (!folder) throw new CliError("Which folder? larder apply <folder>", 2);
  const names = await readdir(folder, { recursive: true }).catch(() => {
    throw new CliError(`There is no folder ${folder}`, 2);
  });
  const paths = names.filter((name) => /\.(ya?ml|sql)$/.test(name)).sort();
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(folder, path), "utf8") })),
  );
  const plan = await effects.client.call<Plan>("POST", "/definitions/apply", { files, dryRun: true });
  effects.print(planText(plan));
  if (options.dryRun || plan.steps.every((step) => step.action === "unchanged")) return;
  await effects.client.call<Plan>("POST", "/definitions/apply", { files, dryRun: false });
  effects.print("Applied. `larder refresh` recomputes what is affected.");
}
