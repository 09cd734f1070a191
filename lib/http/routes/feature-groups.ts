import { readRows } from "@/lib/datasets/read-rows";
import { ReadRows, TableAnswer } from "@/lib/datasets/schema";
import { pageOf } from "@/lib/kernel/page";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { listFeatureGroups } from "@/lib/registry/list-feature-groups";
import { ByName, GroupDetail, GroupSummary, ListObjects } from "@/lib/registry/schema";
import { route } from "../route";

const tags = ["Feature groups"];
const path = "/feature-groups";

/** Feature groups and their rows. */
export const featureGroupRoutes = [
  route({
    method: "get",
    path,
    summary: "List",
    tags,
    input: ListObjects,
    output: pageOf(GroupSummary),
    run: listFeatureGroups,
  }),
  route({
    method: "get",
    path: `${path}/{name}`,
    summary: "One feature group",
    tags,
    input: ByName,
    output: GroupDetail,
    run: getFeatureGroup,
    problems: ["feature_group_not_found"],
  }),
  route({
    method: "get",
    path: `${path}/{name}/rows`,
    summary: "Rows with start <= event time < end",
    tags,
    input: ReadRows,
    output: TableAnswer,
    run: readRows,
    table: (answer) => answer,
    problems: ["feature_group_not_found", "data_corrupt"],
  }),
];
