import type { ColumnRule } from "@/lib/engines/offline/port";
import type { FeatureDefinition } from "@/lib/registry/definition-schema";

/** The constraints of a group's features, as the engine checks them. */
export function rulesOf(group: { features: readonly { name: string; constraints: unknown }[] }): ColumnRule[] {
  return group.features.flatMap(({ name, constraints }) => {
    const said = constraints as FeatureDefinition["constraints"] | null;
    if (!said) return [];
    const { notNull, min, max, allowed } = said;
    return [
      {
        column: name,
        ...(notNull === undefined ? {} : { notNull }),
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
        ...(allowed === undefined ? {} : { allowed }),
      },
    ];
  });
}
