/** Test program: appends one row and kills itself, without goodbye, at the step named on the command line. */
import { join } from "node:path";
import { createDuckDbEngine } from "./engine";

const [root = "", rootDir = "", stop = ""] = process.argv.slice(2);
const engine = createDuckDbEngine({ root, rootDir, processPath: join(import.meta.dirname, "process.ts"), threads: 1 });
await engine.append({
  query: { sql: "SELECT 1::BIGINT AS k, TIMESTAMPTZ '2001-01-01' AS event_time, 1::BIGINT AS v", inputs: [] },
  shape: {
    keys: [{ name: "k", type: "INT64" }],
    eventTime: "event_time",
    createdTime: null,
    features: [{ name: "v", type: "INT64" }],
  },
  folder: "data/crash",
  onStep: (step) => {
    if (step === stop) process.kill(process.pid, "SIGKILL");
  },
});
await engine.close();
