import { z } from "zod";
import { pageOf } from "@/lib/kernel/page";
import { listFeatures } from "@/lib/registry/list-features";
import { ListFeatures, SearchFeatures } from "@/lib/registry/schema";
import { searchFeatures } from "@/lib/registry/search-features";
import { FeatureMetadataHit, FeatureMetadataSummary, metadataHitOf, metadataSummaryOf } from "../metadata-shape";
import { route } from "../route";

const shared = { method: "get", tags: ["Metadata"] } as const;

/** Lists of the catalog under the names of the source documents. */
export const metadataRoutes = [
  route({
    ...shared,
    path: "/metadata/features",
    summary: "List features",
    input: ListFeatures,
    output: pageOf(FeatureMetadataSummary),
    run: async (ctx, input) => {
      const { items, nextCursor, total } = await listFeatures(ctx, input);
      return { items: items.map(metadataSummaryOf), nextCursor, total };
    },
  }),
  route({
    ...shared,
    path: "/metadata/features/search",
    summary: "Search features by words and tags; every hit says why it ranks where it does",
    input: SearchFeatures,
    output: z.object({ items: z.array(FeatureMetadataHit) }),
    run: async (ctx, input) => ({ items: (await searchFeatures(ctx, input)).items.map(metadataHitOf) }),
  }),
];
