import type { Context } from "@/lib/platform/context";
import type { Env } from "@/lib/platform/env";
import type { Log } from "@/lib/platform/log";
import type { Probe } from "./health";
import type { Access, DoorSettings } from "./sender";

/** What the application needs from the process that runs it; tests give a real context of their own. */
export type AppOptions = {
  /** Everything of a request's context but who and where. */
  base: Omit<Context, "actor" | "project">;
  /** The context of one request. `project` is what the request names, or null. Throws `project_not_found`. */
  contextFor(who: { project: string | null; request: Request; requestId: string; access: Access }): Promise<Context>;
  door: DoorSettings;
  log: Log;
  /** What /health asks. */
  probes: Probe[];
  /** What this server is called besides this machine's own names: host, or host:port. */
  hosts: readonly string[];
  /** The OpenID provider people may sign in with. */
  oidc?: Env["oidc"];
  /** Where people reach this server, without a slash at the end; null: at the address they ask. */
  publicUrl?: string | null;
  /** Folder of the swagger-ui-dist package. */
  swaggerDir: string;
  /** Tests: an answer that its schema forbids becomes a 500. */
  checkOutput?: boolean;
};

/** Variables of one request. */
export type HttpEnv = { Variables: { requestId: string } };
