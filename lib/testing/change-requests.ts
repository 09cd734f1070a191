import { approveChange } from "@/lib/registry/approve-change";
import { type ChangeRequestDetail, ListChangeRequests, type RequestChange } from "@/lib/registry/change-schema";
import { getChangeRequest } from "@/lib/registry/get-change-request";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { listChangeRequests } from "@/lib/registry/list-change-requests";
import { rejectChange } from "@/lib/registry/reject-change";
import { requestChange } from "@/lib/registry/request-change";
import type { TestContext } from "./context";
import { apply, csvSource, entity, group, inNewProject, type Written } from "./definitions";
import { person } from "./people";

export const CSV = "driver,event_timestamp,trips,rating\n1,2024-01-01,1,1.5\n2,2024-01-01,7,\n";
export const DRIVER = entity("driver", { driver: "INT64" });

/** A group of two DRAFT features; `rest` is about the first of them. */
export function stats(rest: object = {}): Written {
  return group("stats", {
    entity: "driver",
    sql: "SELECT driver, event_timestamp, trips, rating FROM rides",
    owner: "fleet",
    features: {
      trips: { type: "INT64", description: "Trips.", constraints: { min: 0 }, ...rest },
      rating: { type: "FLOAT64" },
    },
  });
}

/** A DRAFT group made from `trips` alone. */
export const DERIVED = group("derived", {
  entity: "driver",
  sql: "SELECT driver, event_timestamp, trips * 2 AS double_trips FROM stats",
  features: { double_trips: { type: "INT64" } },
});
export const DEPRECATION = { note: "Use rating.", retireOn: "2026-02-01", replacement: null };

/** A project with `stats` in DRAFT, and Ann (engineer), Bob (steward) and Eve (admin) in it. */
export async function changeProject(base: TestContext): Promise<Record<"ctx" | "ann" | "bob" | "eve", TestContext>> {
  const ctx = await inNewProject(base);
  const ann = await person(ctx, "Ann", "engineer");
  const bob = await person(ctx, "Bob", "steward");
  const eve = await person(ctx, "Eve", "admin");
  await apply(ctx, DRIVER, await csvSource(ctx, "rides", CSV), stats());
  return { ctx, ann, bob, eve };
}

/** What a test asks for beside the group `stats`. */
export type Asking = Partial<RequestChange>;

/** Asks for `stats` to be ACTIVE, unless `about` says otherwise. */
export function ask(who: TestContext, about: Asking = {}): Promise<ChangeRequestDetail> {
  return requestChange(who, { group: "stats", targetStatus: "ACTIVE", reason: "It is ready.", ...about });
}

/** Approves a request. */
export function approve(who: TestContext, { id }: { id: string }, comment = ""): Promise<ChangeRequestDetail> {
  return approveChange(who, { id, comment });
}

/** Rejects a request. */
export function reject(who: TestContext, { id }: { id: string }): Promise<ChangeRequestDetail> {
  return rejectChange(who, { id, comment: "Not yet." });
}

/** Lists change requests; `input` as a query has it. */
export function list(who: TestContext, input: object = {}): ReturnType<typeof listChangeRequests> {
  return listChangeRequests(who, ListChangeRequests.parse(input));
}

/** The state that a request is in. */
export async function stateOf(ctx: TestContext, id: string): Promise<string> {
  return (await getChangeRequest(ctx, { id })).state;
}

/** Status of each feature of a group. */
export async function statuses(ctx: TestContext, name = "stats"): Promise<Record<string, string>> {
  const { features } = await getFeatureGroup(ctx, { name });
  return Object.fromEntries(features.map((feature) => [feature.name, feature.status]));
}

/** Sets the status that a test starts from, without asking anybody. */
export async function given(ctx: TestContext, status: string, features: string[] = ["trips", "rating"]): Promise<void> {
  await ctx.db.feature.updateMany({ where: { projectId: ctx.project.id, name: { in: features } }, data: { status } });
}

/** The project's audit rows whose action starts so, in order. */
export async function audited(
  ctx: TestContext,
  prefix: string,
): Promise<{ action: string; resource: string; actorId: string; after: unknown }[]> {
  return ctx.db.auditEvent.findMany({
    where: { projectId: ctx.project.id, action: { startsWith: prefix } },
    orderBy: { sequence: "asc" },
  });
}
