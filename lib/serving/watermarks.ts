import type { Db } from "@/lib/platform/db";

/** How far a group is online. Of its newest version. */
export type Watermark = {
  project: string;
  group: string;
  lagCommits: number;
  eventTime: string | null;
};

/** The watermarks of all groups that are served online and were materialized, of all projects. */
export async function loadWatermarks(db: Db): Promise<Watermark[]> {
  const groups = await db.featureGroup.findMany({
    where: { online: true, latest: true, materialization: { isNot: null } },
    select: {
      name: true,
      headSequence: true,
      project: { select: { name: true } },
      materialization: { select: { watermarkSequence: true, watermarkEventTime: true } },
    },
  });
  return groups.map(({ name, headSequence, project, materialization }) => ({
    project: project.name,
    group: name,
    lagCommits: lagOf(headSequence, materialization?.watermarkSequence ?? 0),
    eventTime: materialization?.watermarkEventTime ?? null,
  }));
}

/** Commits that are not online yet; a store that is ahead of history lags by none. */
export function lagOf(headSequence: number, watermarkSequence: number): number {
  return Math.max(0, headSequence - watermarkSequence);
}
