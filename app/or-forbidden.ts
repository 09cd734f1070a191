import { recordRefusal } from "@/lib/http/record-refusal";
import { isLarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";

/** Why somebody may not see a page, in words that name the role it takes. */
export class Forbidden {
  constructor(readonly detail: string) {}
}

/** What a verb answers, or Forbidden when it says so; the attempt is in the audit log then, as it is at every door. */
export async function orForbidden<T>(ctx: Context, answer: Promise<T>): Promise<T | Forbidden> {
  try {
    return await answer;
  } catch (error) {
    if (!isLarderError(error) || (error.code !== "forbidden" && error.code !== "insufficient_scope")) throw error;
    await recordRefusal(ctx, error);
    return new Forbidden(error.detail);
  }
}
