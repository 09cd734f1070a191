import type { Context } from "@/lib/platform/context";
import { ServingFigures } from "./figures-schema";

/** A process that answers reads, as it last reported itself. */
export type LiveProcess = {
  id: string;
  name: "serving" | "web";
  address: string | null;
  startedAt: Date;
  seenAt: Date;
  figures: ServingFigures;
};

const LIVE_MS = 10_000;

/** The processes that reported themselves within ten seconds, the oldest first. What a process of another release tells in its own way is left out. */
export async function loadProcesses(ctx: Pick<Context, "db" | "clock">): Promise<LiveProcess[]> {
  const seenAt = { gte: new Date(ctx.clock.now().getTime() - LIVE_MS) };
  const rows = await ctx.db.servingProcess.findMany({
    where: { seenAt },
    orderBy: [{ startedAt: "asc" }, { id: "asc" }],
  });
  return rows.flatMap(({ figures, name, ...row }) => {
    const { data } = ServingFigures.safeParse(figures);
    return data ? [{ ...row, name: name === "web" ? "web" : "serving", figures: data }] : [];
  });
}
