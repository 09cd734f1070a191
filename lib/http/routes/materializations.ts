import { RunAnswer } from "@/lib/kernel/run";
import { listMaterializations } from "@/lib/materialization/list-materializations";
import { listParityChecks } from "@/lib/materialization/list-parity-checks";
import { requestMaterialization } from "@/lib/materialization/request-materialization";
import { requestParityCheck } from "@/lib/materialization/request-parity-check";
import {
  ListMaterializations,
  ListParityChecks,
  MaterializationPage,
  ParityCheckPage,
  RequestMaterialization,
  RequestParityCheck,
} from "@/lib/materialization/schema";
import { route } from "../route";

const tags = ["Materializations"];
const location = ({ run }: RunAnswer): string => `/runs/${run.id}`;

/** Bringing rows online, and whether what is online is right. */
export const materializationRoutes = [
  route({
    method: "get",
    path: "/materializations",
    summary: "How far every group is online",
    tags,
    input: ListMaterializations,
    output: MaterializationPage,
    run: listMaterializations,
  }),
  route({
    method: "post",
    path: "/materializations",
    summary: "Bring groups online",
    description:
      "Answers the run that does it: commits that only added rows go into the table in use, anything else into a new one that readers move to. With start or end, rows of that range are put again and the watermark stays.",
    tags,
    input: RequestMaterialization,
    output: RunAnswer,
    run: requestMaterialization,
    status: 202,
    location,
    problems: ["feature_group_not_found", "invalid_parameter", "invalid_timestamp"],
  }),
  route({
    method: "post",
    path: "/parity-checks",
    summary: "Compare the online rows of a group with its history",
    description:
      "Answers the run that does it, as of the watermark; rows that were pushed online are newer, which is right.",
    tags,
    input: RequestParityCheck,
    output: RunAnswer,
    run: requestParityCheck,
    status: 202,
    location,
    problems: ["feature_group_not_found", "invalid_parameter", "invalid_key", "null_key", "state_conflict"],
  }),
  route({
    method: "get",
    path: "/feature-groups/{name}/parity-checks",
    summary: "Comparisons of a group's online rows with its history, newest first",
    tags,
    input: ListParityChecks,
    output: ParityCheckPage,
    run: listParityChecks,
    problems: ["feature_group_not_found"],
  }),
];
