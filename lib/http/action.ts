import { headers } from "next/headers";
import type { z } from "zod";
import type { ErrorCode, ErrorIssue } from "@/lib/kernel/errors";
import { baseOf, type Context, openProcess } from "@/lib/platform/context";
import { newId } from "@/lib/platform/ids";
import { doorOf, hostsOf } from "./door";
import { guard } from "./guard";
import { parseWith } from "./parse-input";
import { toLarderError } from "./problem";
import { recordRefusal } from "./record-refusal";
import { type Access, contextOf } from "./sender";

/** What a server action answers; it never throws. */
export type ActionResult<T> =
  | { ok: true; data: T }
  | { ok: false; error: { code: ErrorCode; detail: string; issues: ErrorIssue[] } };

/** The UI's door to a verb: finds the actor anew, refuses foreign origins and unknown fields, translates errors. */
export function action<I extends z.ZodObject, T>(
  schema: I,
  verb: (ctx: Context, input: z.output<I>) => Promise<T>,
  access: Access = "project",
): (input: z.input<I>) => Promise<ActionResult<T>> {
  return async (input) => {
    let ctx: Context | null = null;
    try {
      const sent = await headers();
      const opened = openProcess("web");
      guard({ method: "POST", host: sent.get("host") ?? "", headers: sent }, { hosts: hostsOf(opened.env) });
      const sender = { headers: sent, requestId: newId("req"), project: null, access };
      ctx = await contextOf(baseOf(opened), sender, doorOf(opened.env));
      const checked = parseWith(schema, input) as z.output<I>;
      return { ok: true, data: await verb(ctx, checked) };
    } catch (error) {
      if (ctx) await recordRefusal(ctx, error);
      const { code, detail, issues } = toLarderError(error);
      if (code === "internal") openProcess("web").log.error({ err: error }, "server action failed");
      return { ok: false, error: { code, detail, issues } };
    }
  };
}
