import { isLarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";

/** Queries that are kept for each person and project. */
export const KEPT_QUERIES = 200;

/** Runs what somebody asked and notes how it went, also when it failed; the oldest notes go. Answers its id too. */
export async function noted<T>(
  ctx: Context,
  sql: string,
  work: () => Promise<T>,
  rowsOf: (answer: T) => number,
): Promise<{ answer: T; queryId: string; seconds: number }> {
  const startedAt = ctx.clock.now();
  const began = performance.now();
  const elapsed = (): number => Math.round(performance.now() - began) / 1000;
  const note = (state: string, rowCount: number | null, error: { code: string; detail: string } | null) =>
    keep(ctx, { sql, state, rowCount, seconds: elapsed(), startedAt, error });
  try {
    const answer = await work();
    const seconds = elapsed();
    return { answer, queryId: await note("SUCCEEDED", rowsOf(answer), null), seconds };
  } catch (error) {
    const { code, detail } = isLarderError(error) ? error : { code: "internal", detail: "Something went wrong" };
    await note(code === "cancelled" ? "CANCELLED" : "FAILED", null, { code, detail: detail.slice(0, 2000) });
    throw error;
  }
}

type Note = {
  sql: string;
  state: string;
  rowCount: number | null;
  seconds: number;
  startedAt: Date;
  error: { code: string; detail: string } | null;
};

async function keep(ctx: Context, { sql, error, ...note }: Note): Promise<string> {
  const id = newId("sql");
  const mine = { projectId: ctx.project.id, actorId: ctx.actor.id };
  await transaction(ctx.db, async (tx) => {
    // Whatever is too long to run is too long to keep.
    await tx.sqlQuery.create({
      data: { id, ...mine, ...note, sql: sql.slice(0, 100_000), ...(error ? { error } : {}) },
    });
    const order = [{ startedAt: "desc" }, { id: "desc" }] as const;
    const old = await tx.sqlQuery.findMany({
      where: mine,
      orderBy: [...order],
      skip: KEPT_QUERIES,
      select: { id: true },
    });
    if (old.length > 0) await tx.sqlQuery.deleteMany({ where: { id: { in: old.map((row) => row.id) } } });
  });
  return id;
}
