import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

test("whichever worker is asked, the answer is the sum of all", async () => {
  const child = fork(join(import.meta.dirname, "cluster-metrics.test-child.ts"), [], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [texts] = (await once(child, "message")) as [string[]];
  expect(texts).toHaveLength(3);
  for (const text of texts) expect(text).toContain('reads_total{route="batch"} 6');
  await once(child, "exit");
}, 30_000);
