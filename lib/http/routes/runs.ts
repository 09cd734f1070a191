import { cancelRun } from "@/lib/jobs/cancel-run";
import { getRun } from "@/lib/jobs/get-run";
import { listRuns } from "@/lib/jobs/list-runs";
import { retryRun } from "@/lib/jobs/retry-run";
import { pageOf } from "@/lib/kernel/page";
import { ListRuns, Run, RunAnswer, RunId } from "@/lib/kernel/run";
import { route } from "../route";

const tags = ["Runs"];

/** Everything long: watch, cancel and try again. */
export const runRoutes = [
  route({
    method: "get",
    path: "/runs",
    summary: "List runs",
    tags,
    input: ListRuns,
    output: pageOf(Run),
    run: listRuns,
  }),
  route({
    method: "get",
    path: "/runs/{id}",
    summary: "One run with progress and log",
    tags,
    input: RunId,
    output: Run,
    run: getRun,
    problems: ["run_not_found"],
  }),
  route({
    method: "post",
    path: "/runs/{id}/cancel",
    summary: "Cancel a run",
    tags,
    input: RunId,
    output: Run,
    run: cancelRun,
    problems: ["run_not_found", "state_conflict"],
  }),
  route({
    method: "post",
    path: "/runs/{id}/retry",
    status: 202,
    summary: "Start a run that failed or was cancelled again",
    description: "A new run with the same work. Takes the permission that starting it took.",
    tags,
    input: RunId,
    output: RunAnswer,
    run: retryRun,
    location: ({ run }) => `/runs/${run.id}`,
    problems: ["run_not_found", "state_conflict"],
  }),
];
