import { createHash } from "node:crypto";
import { canonicalJson } from "@/lib/kernel/canonical-json";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, Prisma } from "@/lib/platform/db";

/** An answer as it is kept and replayed. */
export type StoredAnswer = { status: number; location: string | null; body: Value };

const KEPT_MS = 24 * 60 * 60_000;
/** Longer than any request lives: after it, a request without an answer died with its process. */
const ABANDONED_MS = 5 * 60_000;

/**
 * Runs `work` once per key: the same key with the same input gets the first answer again for 24 hours.
 * Only answers of success are kept, since a verb that throws has written nothing.
 * Throws `idempotency_key_reused` for another input, `idempotency_in_progress` while the first request runs.
 */
export async function once(
  ctx: Context,
  request: { key: string; route: string; input: unknown },
  work: () => Promise<StoredAnswer>,
): Promise<{ answer: StoredAnswer; replayed: boolean }> {
  if (!/^[\x20-\x7e]{1,255}$/.test(request.key)) {
    throw new LarderError("invalid_parameter", "Idempotency-Key must have 1 to 255 printable ASCII characters");
  }
  const id = { scope: `${ctx.project.id} ${request.route}`, key: request.key };
  const requestHash = createHash("sha256").update(canonicalJson(request.input)).digest("hex");
  const kept = await claim(ctx, id, requestHash);
  if (kept) return { answer: kept, replayed: true };
  let answer: StoredAnswer;
  try {
    answer = await work();
  } catch (error) {
    // Best effort: if the database is gone too, the claim is given up as abandoned later.
    await ctx.db.idempotencyKey.deleteMany({ where: id }).catch(() => undefined);
    throw error;
  }
  try {
    await ctx.db.idempotencyKey.update({
      where: { scope_key: id },
      data: { response: answer as Prisma.InputJsonObject },
    });
  } catch (error) {
    // The work is done and must be answered; a retry finds the claim and waits until it is given up.
    ctx.log.error({ err: error, key: id.key }, "answer could not be kept for its idempotency key");
  }
  return { answer, replayed: false };
}

/** Takes the key for this request, or answers what the first request with it got. */
async function claim(
  ctx: Context,
  id: { scope: string; key: string },
  requestHash: string,
): Promise<StoredAnswer | null> {
  const now = ctx.clock.now();
  const { count } = await ctx.db.idempotencyKey.deleteMany({
    where: {
      ...id,
      OR: [
        { createdAt: { lt: new Date(now.getTime() - KEPT_MS) } },
        { createdAt: { lt: new Date(now.getTime() - ABANDONED_MS) }, response: { equals: Prisma.DbNull } },
      ],
    },
  });
  if (count > 0) ctx.log.info({ key: id.key }, "idempotency key is free again");
  try {
    await ctx.db.idempotencyKey.create({ data: { ...id, requestHash, createdAt: now } });
    return null;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
  }
  const first = await ctx.db.idempotencyKey.findUnique({ where: { scope_key: id } });
  if (first && first.requestHash !== requestHash) {
    throw new LarderError(
      "idempotency_key_reused",
      "This Idempotency-Key came before with another body; use a new key",
    );
  }
  if (!first?.response)
    throw new LarderError("idempotency_in_progress", "The first request with this Idempotency-Key is still running");
  return first.response as StoredAnswer;
}
