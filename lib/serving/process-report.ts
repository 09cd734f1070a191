import { type Db, Prisma } from "@/lib/platform/db";
import type { ServingFigures } from "./figures-schema";
import { DAY_MS } from "./served-tally";

/** A process as it is listed. */
export type ReportedProcess = {
  id: string;
  name: "serving" | "web";
  address: string | null;
  startedAt: Date;
  seenAt: Date;
};

const SAMPLE_DAYS = 3;
const MOST_SAMPLES = 100_000;
const COUNT_DAYS = 400;

/** Lists a process with its figures, or brings what is listed up to date. */
export async function reportProcess(db: Db, process: ReportedProcess, figures: ServingFigures): Promise<void> {
  const { id, ...rest } = process;
  const data = { ...rest, figures: figures as unknown as Prisma.InputJsonObject };
  await db.servingProcess.upsert({ where: { id }, create: { id, ...data }, update: data });
}

/** Takes a process off the list. */
export async function forgetProcess(db: Db, id: string): Promise<void> {
  await db.servingProcess.deleteMany({ where: { id } });
}

/**
 * Ends what was kept long enough: samples after three days and beyond 100,000 of a project, daily counts after 400 days,
 * processes nobody heard of for a day.
 */
export async function pruneServed(db: Db, now: Date, mostSamples: number = MOST_SAMPLES): Promise<void> {
  const ago = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  await db.servingProcess.deleteMany({ where: { seenAt: { lt: ago(1) } } });
  await db.servedFeature.deleteMany({ where: { day: { lt: ago(COUNT_DAYS).toISOString().slice(0, 10) } } });
  await db.servedSample.deleteMany({ where: { servedAt: { lt: ago(SAMPLE_DAYS) } } });
  const full = await db.servedSample.groupBy({
    by: ["projectId"],
    _count: true,
    having: { projectId: { _count: { gt: mostSamples } } },
  });
  for (const { projectId } of full) {
    await db.$executeRaw(Prisma.sql`
      DELETE FROM "ServedSample" WHERE "id" IN (
        SELECT "id" FROM "ServedSample" WHERE "projectId" = ${projectId}
        ORDER BY "servedAt" DESC, "id" DESC OFFSET ${mostSamples})`);
  }
}
