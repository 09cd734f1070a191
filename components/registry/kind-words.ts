import type { DefinableKind } from "@/lib/registry/definition-schema";
import type { SourceSummary } from "@/lib/registry/schema";
import { featureHref } from "../catalog/links";

/** What a kind is called, where its list is, and whether a breaking change stands beside the old version. */
export const KIND_WORDS: Record<DefinableKind, { word: string; title: string; list: string; versioned: boolean }> = {
  entity: { word: "entity", title: "Entities", list: "/entities", versioned: false },
  source: { word: "source", title: "Sources", list: "/sources", versioned: false },
  feature_group: { word: "feature group", title: "Feature groups", list: "/feature-groups", versioned: true },
  feature_view: { word: "feature view", title: "Feature views", list: "/feature-views", versioned: true },
  consumer: { word: "consumer", title: "Consumers", list: "/consumers", versioned: false },
};

/** What kinds of sources are called, in lists and on their pages. */
export const SOURCE_KINDS: Record<SourceSummary["kind"], { short: string; long: string }> = {
  files: { short: "Files", long: "Files" },
  sql: { short: "SQL", long: "SQL over other sources and groups" },
  postgres: { short: "PostgreSQL", long: "A table of a PostgreSQL database, copied by every refresh" },
};

/** The page of a definition. */
export function definitionHref(kind: DefinableKind, name: string): string {
  return `${KIND_WORDS[kind].list}/${encodeURIComponent(name)}`;
}

/** An id such as `feature_group:sales` or `feature:sales:total` as words and, where it has one, its page. */
export function describeId(id: string): { word: string; name: string; href: string | null } {
  const at = id.indexOf(":");
  const [kind, name] = [id.slice(0, at), id.slice(at + 1)];
  if (kind in KIND_WORDS) {
    const known = kind as DefinableKind;
    return { word: KIND_WORDS[known].word, name, href: definitionHref(known, name) };
  }
  if (kind === "feature") return { word: "feature", name, href: featureHref(name) };
  if (kind === "training_set")
    return { word: "training set", name, href: `/training-sets/${encodeURIComponent(name)}` };
  return { word: "", name: id, href: null };
}
