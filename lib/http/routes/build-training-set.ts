import { createTrainingSet } from "@/lib/datasets/create-training-set";
import { CreateTrainingSet } from "@/lib/datasets/schema";
import { RunAnswer } from "@/lib/kernel/run";
import { route } from "../route";

/** Building a training set. */
export const buildTrainingSetRoutes = [
  route({
    method: "post",
    path: "/training-sets",
    summary: "Build a training set",
    description: "Answers the run that builds it; when that has succeeded, the training set is there under its name.",
    tags: ["Training sets"],
    input: CreateTrainingSet,
    output: RunAnswer,
    run: createTrainingSet,
    status: 202,
    location: ({ run }) => `/runs/${run.id}`,
    problems: [
      "already_exists",
      "feature_not_found",
      "ambiguous_feature",
      "feature_view_not_found",
      "missing_timestamp",
      "missing_key_column",
      "feature_name_collision",
      "sql_invalid",
      "sql_not_allowed",
    ],
  }),
];
