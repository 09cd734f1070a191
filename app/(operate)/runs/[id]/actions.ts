"use server";

import { action } from "@/lib/http/action";
import { retryRun } from "@/lib/jobs/retry-run";
import { RunId } from "@/lib/kernel/run";

/** Starts a run again that failed or was cancelled. */
export const retry = action(RunId, retryRun);
