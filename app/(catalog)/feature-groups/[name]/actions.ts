"use server";

import { createSnapshot } from "@/lib/datasets/create-snapshot";
import { RequestBackfill } from "@/lib/datasets/interval-schema";
import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { requestBackfill } from "@/lib/datasets/request-backfill";
import { requestRetention } from "@/lib/datasets/request-retention";
import { restoreGroup } from "@/lib/datasets/restore-group";
import { RetentionOf } from "@/lib/datasets/retention-schema";
import { Refresh } from "@/lib/datasets/schema";
import { CreateSnapshot, RestoreGroup } from "@/lib/datasets/snapshot-schema";
import { action } from "@/lib/http/action";
import { requestMaterialization } from "@/lib/materialization/request-materialization";
import { requestParityCheck } from "@/lib/materialization/request-parity-check";
import { RequestMaterialization, RequestParityCheck } from "@/lib/materialization/schema";

/** Starts a run that recomputes the named groups. */
export const recompute = action(Refresh, refreshFeatures);

/** Starts a run that computes a range of intervals. */
export const backfill = action(RequestBackfill, requestBackfill);

/** Names what a group holds at a commit. */
export const takeSnapshot = action(CreateSnapshot, createSnapshot);

/** Goes back to a commit. */
export const restore = action(RestoreGroup, restoreGroup);

/** Starts a run that applies a group's retention. */
export const applyRetention = action(RetentionOf, requestRetention);

/** Starts a run that brings groups online, or builds them anew. */
export const materialize = action(RequestMaterialization, requestMaterialization);

/** Starts a run that compares online rows with history. */
export const checkParity = action(RequestParityCheck, requestParityCheck);
