import { z } from "zod";
import { ServingOverview } from "@/lib/serving/figures-schema";
import { getFeatureUsage } from "@/lib/serving/get-feature-usage";
import { getServing } from "@/lib/serving/get-serving";
import { FeatureUsage, GetFeatureUsage } from "@/lib/serving/usage-schema";
import { route } from "../route";

/** What the data plane does, and who reads what from it. */
export const servingRoutes = [
  route({
    method: "get",
    path: "/serving",
    summary: "The data plane now: processes, rates, latencies, and how far groups are online",
    tags: ["Serving"],
    input: z.object({}),
    output: ServingOverview,
    run: (ctx) => getServing(ctx),
  }),
  route({
    method: "get",
    path: "/features/{reference}/usage",
    summary: "Who reads a feature online, day by day",
    tags: ["Features"],
    input: GetFeatureUsage,
    output: FeatureUsage,
    run: getFeatureUsage,
    problems: ["feature_not_found", "ambiguous_feature", "invalid_name"],
  }),
];
