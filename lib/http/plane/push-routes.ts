import { z } from "zod";
import { authorize } from "@/lib/access/authorize";
import { toJson } from "@/lib/compute/online-row";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { ServedGroup, ServingCatalog } from "@/lib/serving/serving-catalog";
import { pushOnline } from "@/lib/streaming/push-online";
import { pushRows } from "@/lib/streaming/push-rows";
import { PushedRows, PushRows } from "@/lib/streaming/schema";
import { once } from "../idempotency";
import { parseWith } from "../parse-input";
import type { PlaneAnswer, PlaneRoute } from "./route";

/** The same push as on the main port; online it asks the database only where an Idempotency-Key has to be kept. */
export const PUSH_ROUTES: readonly PlaneRoute[] = [
  {
    method: "POST",
    path: "/api/v1/push",
    name: "push",
    run: async ({ ctx, catalog, body, key, signal }): Promise<PlaneAnswer> => {
      const input = parseWith(Sent, body ?? {}) as PushRows;
      if (key === null) return answerOf(await push(ctx, catalog, input, { key, signal }));
      // As the main port names it, so that it does not matter where a push is repeated.
      const request = { key, route: `${ctx.actor.id} post /api/v1/push`, input };
      const { answer, replayed } = await once(ctx, request, async () => {
        const pushed = await push(ctx, catalog, input, { key, signal });
        return { status: 200, location: null, body: pushed as unknown as Value };
      });
      return answerOf(PushedRows.parse(answer.body), replayed ? { "Idempotent-Replayed": "true" } : {});
    },
  },
];

// Values are looked at by the rules of their columns.
const Sent = PushRows.extend({ rows: z.array(z.record(z.string(), z.unknown())) });

/** Pushes by the definitions of the request's catalog; only history needs the database. */
export function push(
  ctx: Context,
  catalog: ServingCatalog,
  input: PushRows,
  options: { key: string | null; signal: AbortSignal },
): Promise<PushedRows> {
  if (input.to !== "online") return pushRows(ctx, input, options);
  authorize(ctx, "online.write", `feature_group:${input.featureGroup}`);
  return pushOnline(ctx, groupOf(catalog, input.featureGroup), input.rows);
}

/** The newest version of a group that is served online. Throws `feature_group_not_found`. */
export function groupOf(catalog: ServingCatalog, name: string): ServedGroup {
  const found = catalog.groups.find((group) => group.latest && group.name === name);
  if (found) return found;
  throw new LarderError(
    "feature_group_not_found",
    `There is no feature group ${name.slice(0, 80)} that is served online`,
  );
}

function answerOf(pushed: PushedRows, headers: Record<string, string> = {}): PlaneAnswer {
  return { status: 200, body: toJson(pushed as Value), headers };
}
