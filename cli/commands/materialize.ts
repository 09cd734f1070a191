import type { Run } from "@/lib/kernel/run";
import type { Client } from "../client";
import { follow } from "./refresh";

/** Brings groups online, all by default, and follows the run to its end. */
export async function materialize(
  options: { groups: string[]; start?: string | undefined; end?: string | undefined; rebuild: boolean },
  effects: { client: Client; print: (line: string) => void; pollMs?: number },
): Promise<void> {
  const { groups, start, end, rebuild } = options;
  const { run } = await effects.client.call<{ run: Run }>("POST", "/materializations", {
    ...(groups.length > 0 ? { featureGroups: groups } : {}),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(rebuild ? { rebuild } : {}),
  });
  await follow(run, effects);
}
