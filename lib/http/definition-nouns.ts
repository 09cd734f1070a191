import type { DefinableKind } from "@/lib/registry/definition-schema";

/** How the API calls each kind of definition: in its paths, in a sentence, and in the documentation's list. */
export const DEFINITION_NOUNS: readonly { kind: DefinableKind; path: string; one: string; tag: string }[] = [
  { kind: "entity", path: "/entities", one: "an entity", tag: "Entities" },
  { kind: "source", path: "/sources", one: "a source", tag: "Sources" },
  { kind: "feature_group", path: "/feature-groups", one: "a feature group", tag: "Feature groups" },
  { kind: "feature_view", path: "/feature-views", one: "a feature view", tag: "Feature views" },
  { kind: "consumer", path: "/consumers", one: "a consumer", tag: "Consumers" },
];
