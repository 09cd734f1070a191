import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DEMO_USERS, type Persona } from "@/lib/access/demo-users";
import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { getRun } from "@/lib/jobs/get-run";
import { isLarderError } from "@/lib/kernel/errors";
import { isFinished, type RunNode } from "@/lib/kernel/run";
import { type Context, contextFor, openProcess } from "@/lib/platform/context";
import { applyDefinitions } from "@/lib/registry/apply-definitions";
import type { DefinitionFile } from "@/lib/registry/definition-schema";
import { planText } from "@/lib/registry/plan-text";
import { activateDemonstration } from "./activate-demo";

// Loads examples/flights through the same verbs that everybody uses, and as the people of the demonstration: an engineer
// defines, computes and asks, a steward approves. The worker does the work. Nothing is done twice.

const larder = openProcess("demo");
process.on("disconnect", () => process.exit(1));

try {
  await load();
  await larder.close();
  process.exit(0);
} catch (error) {
  console.error(isLarderError(error) ? `Demonstration: ${error.detail}` : error);
  process.exit(1);
}

async function load(): Promise<void> {
  const project = await larder.db.project.findUniqueOrThrow({
    where: { name: "flights" },
    select: { id: true, name: true },
  });
  const as = (persona: Persona): Context => {
    const { id, name } = DEMO_USERS[persona];
    return contextFor(larder, { actor: { kind: "user", id, name, role: persona }, project });
  };
  const ctx = as("engineer");
  const files = await readFiles(join(larder.env.rootDir, "examples", "flights"));
  // What the project is called is for its admin to say.
  const settings = files.filter((file) => file.path === "project.yaml");
  await applyDefinitions(as("admin"), { files: settings, dryRun: false });
  console.log(planText(await applyDefinitions(ctx, { files, dryRun: true })));
  await applyDefinitions(ctx, { files, dryRun: false });
  const { run } = await refreshFeatures(ctx, {});
  await follow(ctx, run.id);
  for (const line of await activateDemonstration(ctx, as("steward"))) console.log(`  ${line}`);
}

async function readFiles(folder: string): Promise<DefinitionFile[]> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => /\.(ya?ml|sql)$/.test(path)).sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(folder, path), "utf8") })));
}

/** Prints each step as it ends; throws when the run does not succeed. */
async function follow(ctx: Context, id: string): Promise<void> {
  const told = new Set<string>();
  for (;;) {
    const run = await getRun(ctx, { id });
    const ended = run.progress.nodes.filter(
      (node) => node.state === "DONE" || node.state === "UNCHANGED" || node.state === "FAILED",
    );
    for (const node of ended) {
      if (!told.has(node.id)) console.log(`  ${told.size + 1}/${run.progress.total} ${tell(node)}`);
      told.add(node.id);
    }
    if (isFinished(run.state)) {
      if (run.state !== "SUCCEEDED") throw new Error(`Demonstration: ${run.error?.detail ?? run.state}`);
      return;
    }
    await sleep(250);
  }
}

function tell(node: RunNode): string {
  const rows = node.rows === null ? "" : `, ${node.rows.toLocaleString("en-US")} rows`;
  const seconds = node.seconds === null ? "" : `, ${node.seconds.toFixed(1)} s`;
  return `${node.label}${node.state === "FAILED" ? " FAILED" : ""}${rows}${seconds}`;
}
