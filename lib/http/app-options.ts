import type { Context } from "@/lib/platform/context";
import type { Log } from "@/lib/platform/log";
import type { Probe } from "./health";

/** What the application needs from the process that runs it; tests give a real context of their own. */
export type AppOptions = {
  /** The context of one request. `project` is what the request names, or null. Throws `project_not_found`. */
  contextFor(who: { project: string | null; request: Request }): Promise<Context>;
  log: Log;
  /** What /health asks. */
  probes: Probe[];
  /** The server is bound to this machine: only local Host headers are answered. */
  loopback: boolean;
  /** Folder of the swagger-ui-dist package. */
  swaggerDir: string;
  /** Tests: an answer that its schema forbids becomes a 500. */
  checkOutput?: boolean;
};

/** Variables of one request. */
export type HttpEnv = { Variables: { requestId: string } };
