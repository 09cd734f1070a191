import { downloadTrainingSet } from "@/lib/datasets/download-training-set";
import { previewTrainingSet } from "@/lib/datasets/preview-training-set";
import { PreviewTrainingSet, TableAnswer, TrainingSetName } from "@/lib/datasets/schema";
import { ParquetFile, type Route, route } from "../route";

const shared: Pick<Route, "method" | "tags" | "problems"> = {
  method: "get",
  tags: ["Training sets"],
  problems: ["training_set_not_found", "state_conflict", "data_corrupt"],
};

/** The rows of a training set. */
export const trainingSetDataRoutes = [
  route({
    ...shared,
    path: "/training-sets/{name}/preview",
    summary: "First rows of a training set",
    input: PreviewTrainingSet,
    output: TableAnswer,
    run: previewTrainingSet,
    table: (answer) => answer,
  }),
  route({
    ...shared,
    path: "/training-sets/{name}/data",
    summary: "Download a training set as Parquet",
    input: TrainingSetName,
    output: ParquetFile,
    run: downloadTrainingSet,
  }),
];
