"use client";

import { Textarea } from "@mantine/core";
import type {
  Definition,
  FeatureDefinition,
  FeatureGroupDefinition,
  StoredDefinitionAnswer,
  UpdateFeature,
} from "@/lib/registry/definition-schema";
import { featureHref } from "../catalog/links";
import { DefinitionForm } from "./definition-form";
import { FeatureDetails } from "./feature-details";
import { draftOfFeature, type FeatureDraft, featureOf } from "./feature-draft";
import type { DefinitionActions, Outcome } from "./outcome";
import { useDefinitionForm } from "./use-definition-form";

type Draft = { feature: FeatureDraft; group: FeatureGroupDefinition };

const EDITED = ["description", "owner", "tags", "unit", "constraints", "default", "sensitivity"] as const;

/** Changes what is said about one feature; `stored` is the definition of its group. */
export function FeatureForm({
  name,
  stored,
  actions,
  updateFeature,
}: {
  name: string;
  stored: StoredDefinitionAnswer;
  actions: DefinitionActions;
  updateFeature: (input: UpdateFeature) => Promise<Outcome<StoredDefinitionAnswer>>;
}): React.ReactElement {
  const reference = `${stored.name}:${name}`;
  const place = (group: FeatureGroupDefinition): number => group.features.findIndex((feature) => feature.name === name);
  const draftOf = (definition: Definition): Draft => {
    const group = definition as FeatureGroupDefinition;
    const feature = group.features[place(group)];
    return { group, feature: draftOfFeature(feature ?? { name, type: "STRING", description: "", tags: [] }) };
  };
  const form = useDefinitionForm<Draft>({
    kind: "feature_group",
    stored,
    draft: () => draftOf(stored.definition),
    definitionOf: ({ group, feature }) => ({
      ...group,
      features: group.features.map((one) => (one.name === name ? featureOf(name, feature) : one)),
    }),
    draftOf,
    actions,
    saveAs: (definition, expectedRevision) => updateFeature({ reference, expectedRevision, ...edits(definition) }),
    href: featureHref(reference),
  });
  const { draft, problems } = form;

  /** What is left out would stay, so what is cleared is sent as null. */
  function edits(definition: Definition): Omit<UpdateFeature, "reference" | "expectedRevision"> {
    const group = definition as FeatureGroupDefinition;
    const feature = group.features[place(group)] as FeatureDefinition;
    return Object.fromEntries(EDITED.map((key) => [key, feature[key] ?? null]));
  }

  const start = `features.${place(draft.group)}.`;
  const errorOf = (field: string): string | undefined =>
    Object.entries(problems.fields).find(
      ([path]) => path === start + field || path.startsWith(`${start}${field}.`),
    )?.[1];
  const put = (part: Partial<FeatureDraft>): void =>
    form.edit((now) => ({ ...now, feature: { ...now.feature, ...part } }));
  return (
    <DefinitionForm form={form} cancel={featureHref(reference)} shown={(path) => path.startsWith(start)}>
      <Textarea
        label="Description"
        description="What it means, in a sentence that a stranger understands"
        autosize
        minRows={2}
        value={draft.feature.description}
        error={errorOf("description")}
        onChange={(event) => put({ description: event.currentTarget.value })}
      />
      <FeatureDetails name={name} feature={draft.feature} errorOf={errorOf} change={put} />
    </DefinitionForm>
  );
}
