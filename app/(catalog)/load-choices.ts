import { PageQuery } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import type { JoinKey } from "@/lib/registry/definition-schema";
import { listEntities } from "@/lib/registry/list-entities";
import { listFeatureGroups } from "@/lib/registry/list-feature-groups";
import { listFeatureViews } from "@/lib/registry/list-feature-views";
import { listSources } from "@/lib/registry/list-sources";

const MOST = 2000;

/** Everything that a list answers, page by page; at most 2,000, more than anybody would choose from. */
async function all<T>(list: (query: PageQuery) => Promise<{ items: T[]; nextCursor: string | null }>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(PageQuery.parse({ limit: 200, ...(cursor ? { cursor } : {}) }));
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor && items.length < MOST);
  return items;
}

/** The entities with their keys. */
export async function loadEntities(ctx: Context): Promise<{ name: string; joinKeys: JoinKey[] }[]> {
  return (await all((query) => listEntities(ctx, query))).map(({ name, joinKeys }) => ({ name, joinKeys }));
}

/** The names that SQL may read. */
export async function loadRelations(ctx: Context): Promise<{ name: string; kind: "source" | "feature_group" }[]> {
  const [sources, groups] = await Promise.all([
    all((query) => listSources(ctx, query)),
    all((query) => listFeatureGroups(ctx, query)),
  ]);
  return [
    ...sources.map(({ name }) => ({ name, kind: "source" as const })),
    ...groups.map(({ name }) => ({ name, kind: "feature_group" as const })),
  ];
}

/** The join keys of each feature group. */
export async function loadJoinKeys(ctx: Context): Promise<Record<string, JoinKey[]>> {
  const groups = await all((query) => listFeatureGroups(ctx, query));
  return Object.fromEntries(groups.map(({ name, joinKeys }) => [name, joinKeys]));
}

/** The names of the feature views. */
export async function loadViews(ctx: Context): Promise<string[]> {
  return (await all((query) => listFeatureViews(ctx, query))).map(({ name }) => name);
}
