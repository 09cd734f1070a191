import cluster from "node:cluster";
import { env } from "@/lib/platform/env";
import { liveAsChild } from "./child";
import { startServing } from "./serving-server";
import { shareAmongWorkers } from "./serving-workers";

// The data plane: online reads, push and the Feast protocol on bare node:http, in one process or in several on one port.
await liveAsChild(() =>
  env().serving.workers > 1 && cluster.isPrimary ? shareAmongWorkers(env().serving.workers) : startServing(),
);
