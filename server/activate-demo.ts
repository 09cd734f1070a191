import type { Context } from "@/lib/platform/context";
import { approveChange } from "@/lib/registry/approve-change";
import { ListChangeRequests } from "@/lib/registry/change-schema";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { listChangeRequests } from "@/lib/registry/list-change-requests";
import { listFeatureGroups } from "@/lib/registry/list-feature-groups";
import { requestChange } from "@/lib/registry/request-change";
import type { GroupSummary } from "@/lib/registry/schema";

/** Why each group is asked to go live, and what the steward answers. */
const REASONS: Record<string, { reason: string; comment: string }> = {
  airport_profile: {
    reason: "Reference data, one row per airport. The delay model reads state and coordinates of the origin.",
    comment: "Coordinates keep within their bounds, and nothing here changes with time.",
  },
  airport_traffic: {
    reason:
      "Trailing volume and delay of every airport, computed from departures whose delay was known by then. The delay model reads them for origin and destination.",
    comment: "A delay counts from the moment the aircraft left, so nothing of the future leaks in.",
  },
  route_traffic: {
    reason: "Trailing volume and delay of every route. The delay model reads the week and the four weeks.",
    comment: "Shares lie between 0 and 1, counts have no nulls.",
  },
};
const OTHERWISE = { reason: "Computed and profiled; wanted by the delay model.", comment: "Checks and impact read." };

/** What waits for the visitor: a feature that nothing reads yet, so that everything else is served from the start. */
const WAITING = {
  group: "route_traffic",
  feature: "route_departures_28d",
  reason:
    "Four weeks of volume even out holidays and cancelled days; the next version of the delay model wants it beside the week.",
};

/**
 * Has the engineer ask for, and the steward approve, what the demonstration serves: parents before what is made from them.
 * One request stays open. What an interrupted call has done is not done again. Answers one line for each act.
 */
export async function activateDemonstration(engineer: Context, steward: Context): Promise<string[]> {
  const said: string[] = [];
  for (const name of parentsFirst((await listFeatureGroups(engineer, { limit: 200 })).items)) {
    const { features, openChanges } = await getFeatureGroup(engineer, { name });
    const drafts = features.filter(({ status }) => status === "DRAFT").map((feature) => feature.name);
    const waits = (feature: string): boolean => name === WAITING.group && feature === WAITING.feature;
    const ready = drafts.filter((feature) => !waits(feature));
    const { reason, comment } = REASONS[name] ?? OTHERWISE;
    if (ready.length > 0) {
      const request =
        (await findOpen(engineer, name, ready)) ??
        (await requestChange(engineer, { group: name, features: ready, targetStatus: "ACTIVE", reason }));
      await approveChange(steward, { id: request.id, comment });
      said.push(`${name}: ${ready.length} features ACTIVE, approved by ${steward.actor.name}`);
    }
    const asked = openChanges.length > 0 && ready.length === 0;
    if (drafts.some(waits) && !asked) {
      const { feature, ...why } = WAITING;
      const { number } = await requestChange(engineer, { ...why, features: [feature], targetStatus: "ACTIVE" });
      said.push(`${name}: change request ${number} for ${feature} waits for you`);
    }
  }
  return said;
}

/** The engineer's open request for exactly these features, left by a call that was interrupted. */
async function findOpen(engineer: Context, group: string, features: string[]): Promise<{ id: string } | null> {
  const { items } = await listChangeRequests(
    engineer,
    ListChangeRequests.parse({ group, state: "OPEN", mine: "true" }),
  );
  const wanted = features.toSorted().join();
  const found = items.find(
    (item) =>
      item.targetStatus === "ACTIVE" &&
      item.features
        .map(({ name }) => name)
        .toSorted()
        .join() === wanted,
  );
  return found ?? null;
}

/** Names of groups so that each comes after those it reads. */
function parentsFirst(groups: GroupSummary[]): string[] {
  const byName = new Map(groups.map((group) => [group.name, group]));
  const order = new Set<string>();
  const visit = (group: GroupSummary): void => {
    for (const { kind, name } of group.ingredients) {
      const parent = kind === "feature_group" ? byName.get(name) : undefined;
      if (parent && !order.has(name)) visit(parent);
    }
    order.add(group.name);
  };
  for (const group of groups) visit(group);
  return [...order];
}
