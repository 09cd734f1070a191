"use server";

import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { Refresh } from "@/lib/datasets/schema";
import { action } from "@/lib/http/action";

const refresh = action(Refresh, refreshFeatures);

/** Starts a run that reads changed sources and recomputes every group that depends on them. */
export async function refreshEverything(): ReturnType<typeof refresh> {
  return refresh({});
}
