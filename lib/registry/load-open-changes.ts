import type { Context } from "@/lib/platform/context";
import type { TargetStatus } from "./lifecycle";

/** An open change request as the features' own answers tell it. */
export type OpenChange = { number: number; targetStatus: TargetStatus; groupId: string; featureIds: string[] };

/** The open change requests for some group versions, oldest first. */
export async function loadOpenChanges(ctx: Context, groupIds: string[]): Promise<OpenChange[]> {
  if (groupIds.length === 0) return [];
  const rows = await ctx.db.changeRequest.findMany({
    where: { groupId: { in: groupIds }, state: "OPEN" },
    select: { number: true, targetStatus: true, groupId: true, features: true },
    orderBy: { number: "asc" },
  });
  return rows.flatMap(({ number, targetStatus, groupId, features }) =>
    groupId === null
      ? []
      : [
          {
            number,
            targetStatus: targetStatus as TargetStatus,
            groupId,
            featureIds: (features as { id: string }[]).map(({ id }) => id),
          },
        ],
  );
}
