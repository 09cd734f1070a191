import { type ErrorCode, LarderError } from "@/lib/kernel/errors";
import type { DefinableKind, Definition } from "./definition-schema";
import type { Registered, StoredDefinition } from "./plan";

/** What each kind is called, and how its absence. */
export const KINDS: Record<DefinableKind, { word: string; notFound: ErrorCode }> = {
  entity: { word: "entity", notFound: "entity_not_found" },
  source: { word: "source", notFound: "source_not_found" },
  feature_group: { word: "feature group", notFound: "feature_group_not_found" },
  feature_view: { word: "feature view", notFound: "feature_view_not_found" },
  consumer: { word: "consumer", notFound: "consumer_not_found" },
};

/** The order in which definitions are written, so that what is referred to is there. */
export const KIND_ORDER: readonly Definition["kind"][] = ["project", ...(Object.keys(KINDS) as DefinableKind[])];

/** The error for a name that the catalog does not hold. */
export function definitionNotFound(kind: DefinableKind, name: string, project: string): LarderError {
  const { word, notFound } = KINDS[kind];
  return new LarderError(notFound, `There is no ${word} ${name} in project ${project}`);
}

/** The definition of that kind and name, or undefined. */
export function findLive({ live }: Registered, kind: string, name: string): StoredDefinition | undefined {
  return live.find((item) => item.kind === kind && item.name === name);
}
