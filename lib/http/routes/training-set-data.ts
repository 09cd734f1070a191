import { downloadTrainingSet } from "@/lib/datasets/download-training-set";
import { exportTrainingSet } from "@/lib/datasets/export-training-set";
import { previewTrainingSet } from "@/lib/datasets/preview-training-set";
import { TableAnswer } from "@/lib/datasets/schema";
import { DownloadTrainingSet, PreviewTrainingSet } from "@/lib/datasets/training-schema";
import { type Route, route, TableFile } from "../route";
import { streamTable } from "../table-stream";

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
    summary: "Download a training set, or one part of its split",
    description: "As the Parquet file that it is, or as CSV, JSON or an Arrow stream, written as it is read.",
    input: DownloadTrainingSet,
    output: TableFile,
    run: async (ctx, input, { signal, type }) =>
      type === "application/vnd.apache.parquet" || type === "application/octet-stream"
        ? downloadTrainingSet(ctx, input, { signal })
        : streamTable(await exportTrainingSet(ctx, input, { signal }), type),
  }),
];
