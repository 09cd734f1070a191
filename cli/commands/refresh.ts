import { setTimeout as sleep } from "node:timers/promises";
import { isFinished, type Run } from "@/lib/kernel/run";
import type { Client } from "../client";
import { CliError } from "../error";

/** Starts a recomputation and follows it to its end, a line per finished step. */
export async function refresh(
  options: { groups: string[] },
  effects: { client: Client; print: (line: string) => void; pollMs?: number },
): Promise<void> {
  const body = options.groups.length > 0 ? { groups: options.groups } : {};
  const { run } = await effects.client.call<{ run: Run }>("POST", "/refresh", body);
  await follow(run, effects);
}

/** Follows a run to its end, a line per finished step. Throws unless it succeeds. */
export async function follow(
  started: Run,
  effects: { client: Client; print: (line: string) => void; pollMs?: number },
): Promise<void> {
  let run = started;
  const told = new Set<string>();
  for (;;) {
    for (const node of run.progress.nodes) {
      if (told.has(node.id) || !["DONE", "UNCHANGED", "SKIPPED", "FAILED"].includes(node.state)) continue;
      told.add(node.id);
      const rows = node.rows === null ? "" : `, ${node.rows.toLocaleString("en-US")} rows`;
      effects.print(
        `  ${told.size}/${run.progress.total} ${node.label}: ${node.state.toLowerCase()}${rows}, ${node.seconds ?? 0} s`,
      );
    }
    if (isFinished(run.state)) break;
    await sleep(effects.pollMs ?? 500);
    run = await effects.client.call<Run>("GET", `/runs/${run.id}`);
  }
  if (run.state !== "SUCCEEDED") throw new CliError(`${run.title}: ${run.state}. ${run.error?.detail ?? ""}`, 1);
  effects.print(`${run.title}: done`);
}
