"use server";

import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { Refresh } from "@/lib/datasets/schema";
import { action } from "@/lib/http/action";

/** Starts a run that recomputes the named groups. */
export const recompute = action(Refresh, refreshFeatures);
