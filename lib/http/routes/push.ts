import { pushRows } from "@/lib/streaming/push-rows";
import { PushedRows, PushRows } from "@/lib/streaming/schema";
import { route } from "../route";
import { ROW_PROBLEMS } from "../row-problems";

/** Rows straight to readers. The serving process answers the same path without asking the database. */
export const pushRoutes = [
  route({
    method: "post",
    path: "/push",
    summary: "Push rows into a feature group: online, into history, or both",
    description:
      "All rows are taken, or none: 422 names the first 100 problems by their rows, and counts all of them. Of the rows of a key the greatest in the total order (event time, created time, commit, row) is kept online, so that late and repeated pushes change nothing. A group with SQL takes online pushes only.",
    tags: ["Feature groups"],
    input: PushRows,
    output: PushedRows,
    run: (ctx, input, { key, signal }) => pushRows(ctx, input, { key, signal }),
    problems: [
      "feature_group_not_found",
      "state_conflict",
      "commit_conflict",
      "row_limit_exceeded",
      ...ROW_PROBLEMS,
      "dependency_unavailable",
      "timeout",
      "insufficient_storage",
      "temp_space_exhausted",
      "resource_exhausted",
    ],
  }),
];
