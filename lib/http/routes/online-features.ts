import { readFeature } from "@/lib/serving/read-feature";
import { readFeatures } from "@/lib/serving/read-features";
import { FeaturesAnswer, FeatureValue, ReadFeature, ReadFeatures } from "@/lib/serving/schema";
import { route } from "../route";

const shared = { tags: ["Features"] } as const;
const problems = [
  "feature_not_found",
  "ambiguous_feature",
  "invalid_name",
  "invalid_key",
  "key_type_mismatch",
  "feature_retired",
] as const;

/** The latest values, from the online store. */
export const onlineFeatureRoutes = [
  route({
    ...shared,
    online: "entity",
    method: "get",
    path: "/features/{feature_name}/entity/{entity_id}",
    summary: "One feature of one entity, online",
    input: ReadFeature,
    output: FeatureValue,
    run: readFeature,
    warnings: (answer) => answer.warnings,
    problems,
  }),
  route({
    ...shared,
    online: "batch",
    method: "post",
    path: "/features/batch",
    summary: "Features of one or many entities, online, in request order",
    input: ReadFeatures,
    output: FeaturesAnswer,
    run: readFeatures,
    warnings: (answer) => answer.warnings,
    readOnly: true,
    problems: [...problems, "feature_view_not_found", "too_many_entities", "missing_request_data", "invalid_type"],
  }),
];
