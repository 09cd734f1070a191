import { getHistoricalFeatures } from "@/lib/datasets/get-historical-features";
import { HistoricalAnswer, HistoricalFeatures } from "@/lib/datasets/schema";
import { historicalTable } from "../historical-table";
import { route } from "../route";

/** Values as they were, from the offline store. */
export const historicalFeatureRoutes = [
  route({
    method: "post",
    path: "/features/historical",
    summary: "Features as they were at each row's instant",
    description:
      "Every row of entity_df comes back exactly once, in its order. Without entity_df: rows of a time range.",
    tags: ["Features"],
    input: HistoricalFeatures,
    output: HistoricalAnswer,
    run: getHistoricalFeatures,
    warnings: (answer) => answer.metadata.warnings,
    readOnly: true,
    table: historicalTable,
    problems: [
      "feature_not_found",
      "ambiguous_feature",
      "feature_view_not_found",
      "snapshot_not_found",
      "missing_timestamp",
      "invalid_timestamp",
      "missing_key_column",
      "null_key",
      "key_type_mismatch",
      "missing_request_data",
      "invalid_type",
      "empty_spine",
      "feature_name_collision",
      "data_corrupt",
      "timeout",
    ],
  }),
];
