import { getTrainingSet } from "@/lib/datasets/get-training-set";
import { listTrainingSets } from "@/lib/datasets/list-training-sets";
import { ListTrainingSets, TrainingSet, TrainingSetName } from "@/lib/datasets/training-schema";
import { pageOf } from "@/lib/kernel/page";
import { route } from "../route";

const shared = { method: "get", tags: ["Training sets"] } as const;

/** Training sets that exist. */
export const trainingSetRoutes = [
  route({
    ...shared,
    path: "/training-sets",
    summary: "List training sets",
    input: ListTrainingSets,
    output: pageOf(TrainingSet),
    run: listTrainingSets,
  }),
  route({
    ...shared,
    path: "/training-sets/{name}",
    summary: "One training set with its manifest",
    input: TrainingSetName,
    output: TrainingSet,
    run: getTrainingSet,
    problems: ["training_set_not_found"],
  }),
];
