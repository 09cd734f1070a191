import { FeastFault } from "./feast-errors";
import { materializeFeast, materializeFeastIncremental } from "./feast-materialize";
import { readFeast } from "./feast-read";
import { pushFeast, writeFeast } from "./feast-write";
import type { PlaneRoute } from "./route";

const post = (path: string, name: string, run: PlaneRoute["run"]): PlaneRoute => ({
  method: "POST",
  path,
  name,
  errors: "feast",
  run,
});

/** Feast's HTTP protocol, so that its clients read and write here: docs/feast.md. `/health` is the listener's. */
export const FEAST_ROUTES: readonly PlaneRoute[] = [
  post("/get-online-features", "feast_read", readFeast),
  post("/push", "feast_push", pushFeast),
  post("/write-to-online-store", "feast_write", writeFeast),
  { ...post("/materialize", "feast_materialize", materializeFeast), waits: true },
  { ...post("/materialize-incremental", "feast_materialize", materializeFeastIncremental), waits: true },
  ...["/search", "/retrieve-online-documents"].map((path) => post(path, "feast_search", searchNothing)),
];

async function searchNothing(): Promise<never> {
  const detail = "Larder keeps vectors and serves them by key; it does not search by similarity";
  throw new FeastFault("FeastError", "validation_failed", detail, 501);
}
