import { join } from "node:path";
import { baseOf, openProcess } from "@/lib/platform/context";
import { createApp } from "./app";
import { doorOf, hostsOf } from "./door";
import { probesOf } from "./health";
import { contextOf } from "./sender";

let app: ReturnType<typeof createApp> | undefined;

/** Answers one request with the application of this process, which is opened at the first one. */
export async function answer(request: Request): Promise<Response> {
  app ??= open();
  return app.fetch(request);
}

function open(): ReturnType<typeof createApp> {
  const opened = openProcess("web");
  const { env, db, online, log } = opened;
  const base = baseOf(opened);
  const door = doorOf(env);
  return createApp({
    base,
    door,
    contextFor: ({ request, ...wanted }) => contextOf(base, { ...wanted, headers: request.headers }, door),
    log,
    probes: probesOf({ db, online, offlineDir: join(env.dataDir, "offline") }),
    hosts: hostsOf(env),
    swaggerDir: join(env.rootDir, "node_modules/swagger-ui-dist"),
    oidc: env.oidc,
    publicUrl: env.publicUrl,
  });
}
