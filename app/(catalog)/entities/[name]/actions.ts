"use server";

import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { Refresh } from "@/lib/datasets/schema";
import { type ActionResult, action } from "@/lib/http/action";
import type { Run } from "@/lib/kernel/run";

const refresh = action(Refresh, refreshFeatures);

/** Starts a run that computes groups and loads them into the online store. */
export async function loadGroups(groups: string[]): Promise<ActionResult<{ run: Run }>> {
  return refresh({ groups });
}
