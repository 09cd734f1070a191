import { auditAlone } from "@/lib/access/audit";
import { NO_PROJECT, type RefusedToken } from "@/lib/access/identify";
import { ANONYMOUS } from "@/lib/kernel/actor";
import type { Context } from "@/lib/platform/context";

/** A client that goes on with a dead token is told of once a minute, so that it cannot fill the log. */
const TOLD_EVERY_MS = 60_000;
const MAX_TOLD = 10_000;
const told = new Map<string, number>();

function isNews(tokenId: string, now: number): boolean {
  const last = told.get(tokenId);
  if (last !== undefined && Math.abs(now - last) < TOLD_EVERY_MS) return false;
  if (told.size >= MAX_TOLD) told.clear();
  told.set(tokenId, now);
  return true;
}

/**
 * Writes to the audit log that somebody was refused: a permission they lack, or a token that no longer holds.
 * Told apart by their fields, since pages and the API are bundled apart and each bundle has its own classes.
 */
export async function recordRefusal(ctx: Context | Omit<Context, "actor" | "project">, error: unknown): Promise<void> {
  if (typeof error !== "object" || error === null) return;
  try {
    if ("permission" in error && "resource" in error && "actor" in ctx) {
      const { permission, resource } = error;
      await auditAlone(ctx, { action: String(permission), resource: String(resource), outcome: "denied" });
    } else if ("token" in error && "from" in error) {
      const { token, from } = error as RefusedToken;
      if (!isNews(token.id, ctx.clock.now().getTime())) return;
      await auditAlone(
        { ...ctx, actor: { ...ANONYMOUS, from }, project: NO_PROJECT },
        { action: "token.use", resource: `token:${token.id}`, projectId: token.projectId, outcome: "denied" },
      );
    }
  } catch (failed) {
    ctx.log.error({ err: failed }, "refusal could not be written to the audit log");
  }
}
