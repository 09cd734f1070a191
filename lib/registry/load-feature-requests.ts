import type { Context } from "@/lib/platform/context";
import { Prisma } from "@/lib/platform/db";

const DAYS = 30;
const DAY_MS = 86_400_000;

/** SQL for the online requests of the last 30 days by feature: reference (group:feature) and requests. */
export function requestsByFeature(ctx: Pick<Context, "clock" | "project">): Prisma.Sql {
  const from = new Date(ctx.clock.now().getTime() - (DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  return Prisma.sql`SELECT s."reference", sum(s."requests") AS requests FROM "ServedFeature" s WHERE s."projectId" = ${ctx.project.id} AND s."day" >= ${from} GROUP BY s."reference"`;
}

/** The online requests of the last 30 days that read these features; those nobody read are left out. */
export async function loadFeatureRequests(ctx: Context, references: string[]): Promise<Map<string, number>> {
  if (references.length === 0) return new Map();
  const rows = await ctx.db.$queryRaw<{ reference: string; requests: unknown }[]>(
    Prisma.sql`SELECT u."reference", u.requests FROM (${requestsByFeature(ctx)}) u WHERE u."reference" IN (${Prisma.join(references)})`,
  );
  return new Map(rows.map(({ reference, requests }) => [reference, Number(requests)]));
}
