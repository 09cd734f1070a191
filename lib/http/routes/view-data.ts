import { readViewData } from "@/lib/datasets/read-view-data";
import { ReadViewData, TableAnswer } from "@/lib/datasets/schema";
import { route } from "../route";

/** The rows of a feature view. */
export const viewDataRoutes = [
  route({
    method: "get",
    path: "/feature-views/{name}/data",
    summary: "Rows of a feature view: the latest values of each entity, or its aggregations",
    description: "Rows that do not meet the filters of the view are left out; filteredCount says how many.",
    tags: ["Feature views"],
    input: ReadViewData,
    output: TableAnswer,
    run: readViewData,
    table: (answer) => answer,
    problems: ["feature_view_not_found", "feature_group_not_found", "data_corrupt", "definition_invalid"],
  }),
];
