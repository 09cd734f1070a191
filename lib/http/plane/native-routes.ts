import { toJson } from "@/lib/compute/online-row";
import { featureValueOf } from "@/lib/serving/read-feature";
import { readVectors } from "@/lib/serving/read-vectors";
import { ReadFeature } from "@/lib/serving/schema";
import { parseWith } from "../parse-input";
import { readInput } from "./input";
import type { PlaneAnswer, PlaneRoute } from "./route";

/** Headers are kept short; the body has all warnings. */
const MAX_WARNINGS = 20;

/** Larder's own reads, the same as on the main port. */
export const NATIVE_ROUTES: readonly PlaneRoute[] = [
  {
    method: "POST",
    path: "/api/v1/features/batch",
    name: "batch",
    run: async ({ ctx, catalog, body }): Promise<PlaneAnswer> => {
      const { text, vectors } = await readVectors(ctx, catalog, readInput(body));
      return { status: 200, body: text, served: vectors, headers: warningHeader(vectors.warnings) };
    },
  },
  {
    method: "GET",
    path: "/api/v1/features/{feature_name}/entity/{entity_id}",
    name: "entity",
    run: async ({ ctx, catalog, path }): Promise<PlaneAnswer> => {
      const input = parseWith(ReadFeature, path, () => false) as ReadFeature;
      const { text, vectors } = await readVectors(ctx, catalog, {
        entity_id: input.entity_id,
        features: [input.feature_name],
        include_expired: false,
        fill_defaults: false,
        answer: "full",
      });
      const body = toJson(featureValueOf(text, input));
      return { status: 200, body, served: vectors, headers: warningHeader(vectors.warnings) };
    },
  },
];

function warningHeader(warnings: readonly string[]): Record<string, string> {
  if (warnings.length === 0) return NONE;
  // RFC 9111 retired the header, but clients know it, and no other says this of an answer.
  const texts = warnings.slice(0, MAX_WARNINGS).map((text) => `299 larder ${JSON.stringify(text)}`);
  return { Warning: texts.join(", ") };
}

const NONE: Record<string, string> = {};
