import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { Vectors } from "./answer-text";
import { servingCatalog } from "./cached-catalog";
import { readVectors } from "./read-vectors";
import type { FeaturesAnswer, ReadFeatures } from "./schema";

/** Reads features of one or many entities online: one answer per entity in the order asked, duplicates kept, every value with its status and age. `served` is told what went out. */
export async function readFeatures(
  ctx: Context,
  input: ReadFeatures,
  { served }: { served?: (vectors: Vectors) => void } = {},
): Promise<FeaturesAnswer> {
  authorize(ctx, "online.read", `project:${ctx.project.name}`);
  const { text, vectors } = await readVectors(ctx, await servingCatalog(ctx), input);
  served?.(vectors);
  return JSON.parse(String(text)) as FeaturesAnswer;
}
