import type { Context } from "@/lib/platform/context";
import type { Feature } from "@/lib/platform/generated/prisma/client";
import { type CheckedFeature, checksOf } from "./change-checks";
import type { Check, Impact } from "./change-schema";
import type { GroupVersion } from "./load-change";
import { loadImpact } from "./load-impact";
import type { Statistics } from "./schema";
import { loadStatistics } from "./summarize-features";

/** What whoever decides should know about features that are to move. */
export type Findings = { checks: Check[]; impact: Impact; statistics(feature: string): Statistics | null };

/** Checks and impact as of now, and the newest statistics they rest on. */
export async function loadFindings(ctx: Context, group: GroupVersion, features: Feature[]): Promise<Findings> {
  const names = features.map(({ name }) => name);
  const [profiles, impact] = await Promise.all([
    loadStatistics(ctx, [group.id]),
    loadImpact(ctx, { group: group.name, version: group.version, features: names }),
  ]);
  const checked = features.map(
    (feature): CheckedFeature => ({
      name: feature.name,
      description: feature.description,
      owner: feature.owner,
      constraints: feature.constraints as CheckedFeature["constraints"],
      personal: feature.sensitivity === "personal",
      profile: profiles.get(`${group.id}:${feature.name}`) ?? null,
    }),
  );
  return {
    checks: checksOf(checked, group.headSequence),
    impact,
    statistics: (feature) => profiles.get(`${group.id}:${feature}`)?.statistics ?? null,
  };
}
