import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { Prisma } from "@/lib/platform/db";
import type { ExportAuditEvents } from "./schema";

/** Which rows of the audit log a filter means: of the project, or with `instance` all of them. */
export function auditWhere(ctx: Context, filter: ExportAuditEvents): Prisma.AuditEventWhereInput {
  const { actor, action, resource, outcome, since, until, instance } = filter;
  return {
    ...(instance ? {} : { projectId: ctx.project.id }),
    ...(actor ? { OR: [{ actorId: actor }, { actorName: anywhere(actor) }] } : {}),
    ...(action ? { action: action.endsWith(".") ? { startsWith: literal(action) } : action } : {}),
    ...(resource ? { resource: anywhere(resource) } : {}),
    ...(outcome ? { outcome } : {}),
    at: { ...(since ? { gte: new Date(since) } : {}), ...(until ? { lte: new Date(until) } : {}) },
  };
}

/** The row that a cursor stands for. Throws `invalid_parameter` for anything this API did not hand out. */
export function sequenceOf(cursor: string): bigint {
  const text = Buffer.from(cursor, "base64url").toString();
  // Decoding skips what is not base64url, so only encoding again shows whether this is what was handed out.
  if (!/^s:[1-9]\d{0,17}$/.test(text) || cursorAfter(BigInt(text.slice(2))) !== cursor)
    throw new LarderError("invalid_parameter", "cursor is not one that this API handed out");
  return BigInt(text.slice(2));
}

/** The cursor of the page after a row. Rows that are added meanwhile do not move it. */
export function cursorAfter(sequence: bigint): string {
  return Buffer.from(`s:${sequence}`).toString("base64url");
}

function anywhere(text: string): { contains: string; mode: "insensitive" } {
  return { contains: literal(text), mode: "insensitive" };
}

/** As LIKE reads it: what was asked for has no wildcards. */
function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}
