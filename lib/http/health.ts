import { access, constants, mkdir } from "node:fs/promises";
import { z } from "zod";
import type { OnlineStore } from "@/lib/engines/online/port";
import type { Db } from "@/lib/platform/db";

/** One thing the server depends on. `needed`: without it the server is not ready. */
export type Probe = { name: string; needed: boolean; check(): Promise<unknown> };

export const DependencyHealth = z.object({
  name: z.string(),
  status: z.enum(["up", "down"]),
  needed: z.boolean(),
  latencyMs: z.number(),
});

export const Health = z.object({ status: z.enum(["up", "degraded", "down"]), dependencies: z.array(DependencyHealth) });
export type Health = z.infer<typeof Health>;

const LIMIT_MS = 2000;

/** Asks every dependency at once and waits two seconds at most. */
export async function checkHealth(probes: Probe[], limitMs: number = LIMIT_MS): Promise<Health> {
  const dependencies = await Promise.all(probes.map((probe) => ask(probe, limitMs)));
  const down = dependencies.filter((dependency) => dependency.status === "down");
  const status = down.some((dependency) => dependency.needed) ? "down" : down.length > 0 ? "degraded" : "up";
  return { status, dependencies };
}

/** The probes of a server: metadata database, online store, folder of the offline data. */
export function probesOf(parts: { db: Db; online: OnlineStore; offlineDir: string }): Probe[] {
  return [
    { name: "database", needed: true, check: () => parts.db.$queryRaw`SELECT 1` },
    { name: "online", needed: true, check: () => parts.online.getMany("health", [["probe"]]) },
    { name: "offline", needed: true, check: () => checkFolder(parts.offlineDir) },
  ];
}

/** Made if missing: before the first commit there is nothing in it. */
async function checkFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await access(path, constants.R_OK | constants.W_OK);
}

async function ask(probe: Probe, limitMs: number): Promise<Health["dependencies"][number]> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), limitMs);
  });
  const status = await Promise.race([Promise.resolve().then(() => probe.check()), late]).then(
    () => "up" as const,
    () => "down" as const,
  );
  clearTimeout(timer);
  return {
    name: probe.name,
    status,
    needed: probe.needed,
    latencyMs: Math.round((performance.now() - startedAt) * 100) / 100,
  };
}
