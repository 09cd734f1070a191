import { createTrainingSet } from "@/lib/datasets/create-training-set";
import { previewRetrieval } from "@/lib/datasets/preview-retrieval";
import { previewSpine } from "@/lib/datasets/preview-spine";
import { requestVerification } from "@/lib/datasets/request-verification";
import {
  CreateTrainingSet,
  PreviewRetrieval,
  PreviewSpine,
  RetrievalPreview,
  SpinePreview,
  TrainingSetName,
} from "@/lib/datasets/training-schema";
import type { ErrorCode } from "@/lib/kernel/errors";
import { RunAnswer } from "@/lib/kernel/run";
import { route } from "../route";

const shared = { method: "post", tags: ["Training sets"] } as const;
const spineProblems: ErrorCode[] = ["sql_invalid", "sql_not_allowed", "unreadable_file", "feature_group_not_found"];
const rowProblems: ErrorCode[] = ["null_key", "key_type_mismatch", "missing_request_data", "invalid_type"];
const problems: ErrorCode[] = [
  "feature_not_found",
  "ambiguous_feature",
  "feature_view_not_found",
  "snapshot_not_found",
  "empty_spine",
  "missing_timestamp",
  "invalid_timestamp",
  "missing_key_column",
  "missing_column",
  ...rowProblems,
  "feature_name_collision",
  ...spineProblems,
];

/** Building a training set, and looking first. */
export const buildTrainingSetRoutes = [
  route({
    ...shared,
    path: "/training-sets",
    summary: "Build a training set",
    description: "Answers the run that builds it; when that has succeeded, the training set is there under its name.",
    input: CreateTrainingSet,
    output: RunAnswer,
    run: createTrainingSet,
    status: 202,
    location: ({ run }) => `/runs/${run.id}`,
    problems: ["already_exists", ...problems],
  }),
  route({
    ...shared,
    path: "/training-sets/preview",
    summary: "What a training set would hold, and what looks wrong about it",
    input: PreviewRetrieval,
    output: RetrievalPreview,
    run: previewRetrieval,
    readOnly: true,
    problems: ["timeout", ...problems],
  }),
  route({
    ...shared,
    path: "/training-sets/spine",
    summary: "The first rows of a spine, and what its columns most likely are",
    input: PreviewSpine,
    output: SpinePreview,
    run: previewSpine,
    readOnly: true,
    problems: ["timeout", ...spineProblems],
  }),
  route({
    ...shared,
    path: "/training-sets/{name}/verify",
    summary: "Build a training set again from its manifest and compare",
    input: TrainingSetName,
    output: RunAnswer,
    run: requestVerification,
    status: 202,
    location: ({ run }) => `/runs/${run.id}`,
    problems: ["training_set_not_found", "state_conflict"],
  }),
];
