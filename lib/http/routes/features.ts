import { z } from "zod";
import { getFeature } from "@/lib/registry/get-feature";
import { listFeatures } from "@/lib/registry/list-features";
import { FeatureDetail, FeatureList, GetFeature, ListFeatures, SearchFeatures, SearchHit } from "@/lib/registry/schema";
import { searchFeatures } from "@/lib/registry/search-features";
import { route } from "../route";

const shared = { method: "get", tags: ["Features"] } as const;

/** The catalog of features. */
export const featureRoutes = [
  route({
    ...shared,
    path: "/features",
    summary: "List features with facets",
    input: ListFeatures,
    output: FeatureList,
    run: listFeatures,
  }),
  route({
    ...shared,
    path: "/features/{reference}",
    summary: "One feature with its statistics",
    input: GetFeature,
    output: FeatureDetail,
    run: getFeature,
    problems: ["feature_not_found", "ambiguous_feature", "invalid_name"],
  }),
  route({
    ...shared,
    path: "/search",
    summary: "Search features, best first",
    input: SearchFeatures,
    output: z.object({ items: z.array(SearchHit) }),
    run: searchFeatures,
  }),
];
