import { env } from "./env";

/** Every named point at which a test may kill the process (LARDER_CRASH_AT); between two of them something durable happens. */
export const CRASH_POINTS = [
  "append:staged",
  "append:file-synced",
  "append:renamed",
  "append:directory-synced",
  "append:verified",
  "ingest:received",
  "commit:before-transaction",
  "commit:in-transaction",
  "commit:after-transaction",
  "materialize:after-chunk",
  "materialize:before-watermark",
  "materialize:after-watermark",
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Kills this process, as a power cut would, when a test asked for it at this point. Otherwise nothing. */
export function crashPoint(point: CrashPoint): void {
  if (env().crashAt === point) process.kill(process.pid, "SIGKILL");
}
