import { z } from "zod";
import { getFeatureLineage } from "@/lib/lineage/get-feature-lineage";
import { FeatureLineage, Lineage } from "@/lib/lineage/schema";
import { getFeature } from "@/lib/registry/get-feature";
import { FeatureMetadata, metadataOf } from "../metadata-shape";
import { type Route, route } from "../route";

const shared: Pick<Route, "method" | "tags" | "problems"> = {
  method: "get",
  tags: ["Metadata"],
  problems: ["feature_not_found", "ambiguous_feature", "invalid_name"],
};

/** One feature under the names of the source documents. */
export const metadataFeatureRoutes = [
  route({
    ...shared,
    path: "/metadata/features/{feature_name}",
    summary: "One feature with statistics and quality",
    input: z.object({ feature_name: z.string().max(200) }),
    output: FeatureMetadata,
    run: async (ctx, { feature_name }) =>
      metadataOf(await getFeature(ctx, { reference: feature_name }), ctx.clock.now()),
  }),
  route({
    ...shared,
    path: "/metadata/features/{feature_name}/lineage",
    summary: "What a feature is made of and what reads it",
    input: FeatureLineage,
    output: Lineage,
    run: getFeatureLineage,
  }),
];
