import { Prisma } from "@/lib/platform/db";
import type { FacetName, ListFeatures } from "./schema";

/** What a facet groups by. Tables: f Feature, g FeatureGroup, e Entity, t one tag of the feature. */
export const FACET_COLUMNS: Record<FacetName, Prisma.Sql> = {
  group: Prisma.sql`g.name`,
  entity: Prisma.sql`e.name`,
  type: Prisma.sql`f."featureType"`,
  status: Prisma.sql`f.status`,
  owner: Prisma.sql`f.owner`,
  tag: Prisma.sql`t.tag`,
};

/** FROM of everything that lists features: the newest version of each group. */
export const FEATURES_FROM = Prisma.sql`"Feature" f JOIN "FeatureGroup" g ON g.id = f."groupId" AND g.latest JOIN "Entity" e ON e.id = g."entityId"`;

/** The WHERE of a feature list. `without` leaves one facet's own filter out, so that its other values keep their counts. */
export function featureConditions(projectId: string, filter: Partial<ListFeatures>, without?: FacetName): Prisma.Sql {
  const conditions = [Prisma.sql`f."projectId" = ${projectId}`];
  const facets = ["group", "entity", "type", "status", "owner"] as const;
  for (const facet of facets) {
    const value = filter[facet];
    if (value !== undefined && facet !== without) conditions.push(Prisma.sql`${FACET_COLUMNS[facet]} = ${value}`);
  }
  if (filter.tag !== undefined && without !== "tag") conditions.push(Prisma.sql`${filter.tag} = ANY(f.tags)`);
  const q = filter.q?.trim().toLowerCase();
  if (q) {
    const words = q.split(/\s+/).slice(0, 10);
    const all = Prisma.join(
      words.map((word) => Prisma.sql`f."searchText" LIKE ${`%${escapeLike(word)}%`}`),
      " AND ",
    );
    conditions.push(Prisma.sql`((${all}) OR word_similarity(${q}, f."searchText") > 0.5)`);
  }
  return Prisma.join(conditions, " AND ");
}

/** How well a feature answers `q`, 0 to 100: exact name, start of the name, part of the name, all words somewhere, alike. */
export function featureRank(q: string | undefined): Prisma.Sql {
  const text = q?.trim().toLowerCase();
  if (!text) return Prisma.sql`0::float8`;
  const name = text.replaceAll(/\s+/g, "_");
  const words = text.split(/\s+/).slice(0, 10);
  const all = Prisma.join(
    words.map((word) => Prisma.sql`f."searchText" LIKE ${`%${escapeLike(word)}%`}`),
    " AND ",
  );
  return Prisma.sql`CASE
    WHEN f.name = ${name} THEN 100
    WHEN f.name LIKE ${`${escapeLike(name)}%`} THEN 80
    WHEN f.name LIKE ${`%${escapeLike(name)}%`} THEN 60
    WHEN ${all} THEN 40
    ELSE 30 * word_similarity(${text}, f."searchText") END::float8`;
}

/** Why a rank is what it is, for people. */
export function rankReason(rank: number): string {
  if (rank >= 100) return "exact name";
  if (rank >= 80) return "name starts with it";
  if (rank >= 60) return "name contains it";
  if (rank >= 40) return "found in description, group, entity, tags or owner";
  return rank > 0 ? "similar spelling" : "matches the filters";
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}
