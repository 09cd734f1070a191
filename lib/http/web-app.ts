import { join } from "node:path";
import { LOCAL_ADMIN } from "@/lib/kernel/actor";
import { contextFor, openProcess } from "@/lib/platform/context";
import { createApp } from "./app";
import { isLoopback } from "./guard";
import { probesOf } from "./health";
import { resolveProject } from "./project";

let app: ReturnType<typeof createApp> | undefined;

/** Answers one request with the application of this process, which is opened at the first one. */
export async function answer(request: Request): Promise<Response> {
  app ??= open();
  return app.fetch(request);
}

function open(): ReturnType<typeof createApp> {
  const opened = openProcess("web");
  const { env, db, online, log } = opened;
  return createApp({
    contextFor: async ({ project }) =>
      contextFor(opened, { actor: LOCAL_ADMIN, project: await resolveProject(db, project) }),
    log,
    probes: probesOf({ db, online, offlineDir: join(env.dataDir, "offline") }),
    loopback: isLoopback(env.host),
    swaggerDir: join(env.rootDir, "node_modules/swagger-ui-dist"),
  });
}
