"use server";

import { action } from "@/lib/http/action";
import { PlanChange, RequestChange } from "@/lib/registry/change-schema";
import { planChange } from "@/lib/registry/plan-change";
import { requestChange } from "@/lib/registry/request-change";

/** What a change request would say, without making it. */
export const plan = action(PlanChange, planChange);

/** Asks for features to take another status. */
export const request = action(RequestChange, requestChange);
