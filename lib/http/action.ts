import { headers } from "next/headers";
import type { z } from "zod";
import { LOCAL_ADMIN } from "@/lib/kernel/actor";
import type { ErrorCode, ErrorIssue } from "@/lib/kernel/errors";
import { type Context, contextFor, openProcess } from "@/lib/platform/context";
import { guard, isLoopback } from "./guard";
import { parseWith } from "./parse-input";
import { toLarderError } from "./problem";
import { resolveProject } from "./project";

/** What a server action answers; it never throws. */
export type ActionResult<T> =
  | { ok: true; data: T }
  | { ok: false; error: { code: ErrorCode; detail: string; issues: ErrorIssue[] } };

/** The UI's door to a verb: finds the actor anew, refuses foreign origins and unknown fields, translates errors. */
export function action<I extends z.ZodObject, T>(
  schema: I,
  verb: (ctx: Context, input: z.output<I>) => Promise<T>,
): (input: z.input<I>) => Promise<ActionResult<T>> {
  return async (input) => {
    try {
      const sent = await headers();
      const opened = openProcess("web");
      guard({ method: "POST", host: sent.get("host") ?? "", headers: sent }, { loopback: isLoopback(opened.env.host) });
      const checked = parseWith(schema, input) as z.output<I>;
      const ctx = contextFor(opened, { actor: LOCAL_ADMIN, project: await resolveProject(opened.db, null) });
      return { ok: true, data: await verb(ctx, checked) };
    } catch (error) {
      const { code, detail, issues } = toLarderError(error);
      if (code === "internal") openProcess("web").log.error({ err: error }, "server action failed");
      return { ok: false, error: { code, detail, issues } };
    }
  };
}
