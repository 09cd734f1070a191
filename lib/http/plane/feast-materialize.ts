import { setTimeout as sleep } from "node:timers/promises";
import { authorize } from "@/lib/access/authorize";
import { toJson } from "@/lib/compute/online-row";
import { ERRORS, type ErrorCode, LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import { type Instant, instantAfter, instantOf, requireInstant } from "@/lib/kernel/time";
import { requestMaterialization } from "@/lib/materialization/request-materialization";
import type { MaterializationInput } from "@/lib/materialization/schema";
import type { Context } from "@/lib/platform/context";
import { toRun } from "@/lib/platform/runs";
import { fieldsOf, invalid } from "./feast-body";
import { FeastFault } from "./feast-errors";
import type { PlaneAnswer, PlaneRequest } from "./route";

/** A run that takes longer goes on by itself. */
const WAIT_MS = 5 * 60_000;
const LOOK_MS = 500;
/** Clients that wait at once; the next one is told that its run goes on by itself. */
const MAX_WAITING = 10;
let waiting = 0;

/** Answers `/materialize`: puts the rows of a range of event time online, both ends included as Feast has them. */
export async function materializeFeast(request: PlaneRequest): Promise<PlaneAnswer> {
  const fields = fieldsOf(request.body);
  if (fields.disable_event_timestamp === true) return materialize(request, fields, {});
  const now = instantOf(request.ctx.clock.now());
  const start = instantFrom(fields.start_ts, "start_ts");
  const end = notLater(instantFrom(fields.end_ts, "end_ts"), now);
  const until = instantAfter(end);
  return materialize(request, fields, { start, end: until > now ? end : until });
}

/** Answers `/materialize-incremental`: brings everything online that is not there yet. */
export async function materializeFeastIncremental(request: PlaneRequest): Promise<PlaneAnswer> {
  const fields = fieldsOf(request.body);
  notLater(instantFrom(fields.end_ts, "end_ts"), instantOf(request.ctx.clock.now()));
  return materialize(request, fields, {});
}

async function materialize(
  request: PlaneRequest,
  fields: Record<string, unknown>,
  range: { start?: Instant; end?: Instant },
): Promise<PlaneAnswer> {
  const { ctx, url, signal } = request;
  authorize(ctx, "run.start", `project:${ctx.project.name}`);
  const groups = groupsOf(request, fields);
  const input = { ...(groups ? { featureGroups: groups } : {}), ...range, rebuild: false };
  const isForced = isSet(url, "force");
  const busy = isForced ? [] : await materializing(ctx, groups);
  if (busy.length > 0) {
    const error = `Cannot start materialization: ${busy.join(", ")} are being materialized; ?force=true queues another`;
    return { status: 409, body: toJson({ error, feature_views: busy }) };
  }
  const { run } = await requestMaterialization(ctx, input);
  const { groups: views } = await inputOf(ctx, run.id);
  const ended = isSet(url, "async") ? null : await waitFor(ctx, run.id, signal);
  if (ended === null) return { status: 202, body: toJson({ status: "accepted", feature_views: views, run: run.id }) };
  if (ended.state === "SUCCEEDED") return { status: 200, body: "null" };
  throw failureOf(ended);
}

function groupsOf(
  { catalog }: PlaneRequest,
  { feature_views: views, version }: Record<string, unknown>,
): string[] | null {
  if (views === undefined || views === null) return null;
  if (!Array.isArray(views) || !views.every((name) => typeof name === "string") || views.length === 0)
    throw invalid("feature_views must be a list of names");
  if (typeof version !== "string") return views;
  const name = String(views[0]);
  const newest = catalog.groups.find((group) => group.latest && group.name === name);
  if (views.length > 1 || `v${newest?.version}` !== version)
    throw new FeastFault(
      "FeatureViewVersionNotFound",
      "feature_group_not_found",
      `Only the newest version of a feature view is materialized; ${version.slice(0, 20)} of ${views.join(", ")} is none`,
    );
  return views;
}

/** Groups among those wanted that a run is at, or is about to be. */
async function materializing(ctx: Context, wanted: string[] | null): Promise<string[]> {
  const runs = await ctx.db.run.findMany({
    where: { projectId: ctx.project.id, kind: "materialize", state: { in: ["QUEUED", "RUNNING"] } },
    select: { input: true },
  });
  const busy = new Set(runs.flatMap(({ input }) => (input as unknown as MaterializationInput).groups));
  return [...busy].filter((name) => wanted === null || wanted.includes(name)).sort();
}

async function inputOf(ctx: Context, id: string): Promise<MaterializationInput> {
  const { input } = await ctx.db.run.findUniqueOrThrow({ where: { id }, select: { input: true } });
  return input as unknown as MaterializationInput;
}

/** The run when it has ended; null when it takes too long, or nobody waits any more. */
async function waitFor(ctx: Context, id: string, signal: AbortSignal): Promise<Run | null> {
  if (waiting >= MAX_WAITING) return null;
  waiting++;
  try {
    for (let waitedMs = 0; waitedMs < WAIT_MS && !signal.aborted; waitedMs += LOOK_MS) {
      const row = await ctx.db.run.findUnique({ where: { id } });
      if (!row) throw new LarderError("run_not_found", `Run ${id} is gone`);
      if (row.finishedAt !== null) return toRun(row);
      await sleep(LOOK_MS);
    }
    return null;
  } finally {
    waiting--;
  }
}

function failureOf({ id, state, error }: Run): LarderError {
  if (state === "CANCELLED") return new LarderError("cancelled", `Run ${id} was cancelled`);
  const code = error && error.code in ERRORS ? (error.code as ErrorCode) : "state_conflict";
  // What failed would fail again at once, and clients try again by themselves on some statuses.
  return new FeastFault("FeastError", code, `Run ${id} failed: ${error?.detail ?? "see its log"}`, 409);
}

function instantFrom(value: unknown, name: string): Instant {
  if (typeof value !== "string") throw invalid(`${name} must be an ISO 8601 instant`);
  return requireInstant(value, name);
}

function notLater(end: Instant, now: Instant): Instant {
  if (end <= now) return end;
  throw new LarderError("invalid_parameter", "end_ts lies in the future");
}

function isSet(url: URL, name: string): boolean {
  return ["true", "1"].includes((url.searchParams.get(name) ?? "").toLowerCase());
}
