import { ListQuarantines, QuarantineSummary, ReadQuarantine } from "@/lib/datasets/ingest-schema";
import { listQuarantines } from "@/lib/datasets/list-quarantines";
import { readQuarantine } from "@/lib/datasets/read-quarantine";
import { TableAnswer } from "@/lib/datasets/schema";
import { pageOf } from "@/lib/kernel/page";
import { route } from "../route";

const tags = ["Feature groups"];

/** Rows that were sent and put aside. */
export const quarantineRoutes = [
  route({
    method: "get",
    path: "/feature-groups/{name}/quarantines",
    summary: "What writes put aside, newest first",
    tags,
    input: ListQuarantines,
    output: pageOf(QuarantineSummary),
    run: listQuarantines,
    problems: ["feature_group_not_found"],
  }),
  route({
    method: "get",
    path: "/feature-groups/{name}/quarantines/{id}/rows",
    summary: "Rows that one write put aside, with their reasons and what was sent",
    tags,
    input: ReadQuarantine,
    output: TableAnswer,
    run: readQuarantine,
    table: (answer) => answer,
    problems: ["quarantine_not_found", "data_corrupt"],
  }),
];
