"use client";

import { ActionIcon, MultiSelect, SegmentedControl, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ConsumerDefinition, Definition, StoredDefinitionAnswer } from "@/lib/registry/definition-schema";
import { DefinitionForm } from "./definition-form";
import classes from "./form.module.css";
import { DescribedFields, NameField } from "./form-parts";
import { definitionHref, KIND_WORDS } from "./kind-words";
import type { DefinitionActions } from "./outcome";
import { PickFeatures } from "./pick-features";
import pick from "./pick-features.module.css";
import { useDefinitionForm } from "./use-definition-form";

type Draft = Omit<ConsumerDefinition, "kind" | "owner" | "url"> & { owner: string; url: string };

const EMPTY: Draft = {
  name: "",
  description: "",
  owner: "",
  tags: [],
  type: "model",
  url: "",
  views: [],
  features: [],
};

function draftOf(definition: Definition): Draft {
  const { kind: _, owner = "", url = "", ...rest } = definition as ConsumerDefinition;
  return { ...rest, owner, url };
}

function definitionOf({ owner, url, ...draft }: Draft): unknown {
  return {
    kind: "consumer",
    ...draft,
    ...(owner.trim() !== "" && { owner: owner.trim() }),
    ...(url.trim() !== "" && { url: url.trim() }),
  };
}

/** Registers a model, service or dashboard that reads features, or changes one. */
export function ConsumerForm({
  stored,
  views,
  actions,
}: {
  stored: StoredDefinitionAnswer | null;
  /** Names of the feature views there are. */
  views: string[];
  actions: DefinitionActions;
}): React.ReactElement {
  const form = useDefinitionForm<Draft>({
    kind: "consumer",
    stored,
    draft: () => (stored ? draftOf(stored.definition) : EMPTY),
    definitionOf,
    draftOf,
    actions,
  });
  const { draft, change, problems } = form;
  const errorOf = (field: string): string | undefined =>
    Object.entries(problems.fields).find(([path]) => path === field || path.startsWith(`${field}.`))?.[1];
  return (
    <DefinitionForm
      form={form}
      cancel={stored ? definitionHref("consumer", stored.name) : KIND_WORDS.consumer.list}
      shown={(path) => /^(name|description|owner|tags.*|url|views.*)$/.test(path)}
    >
      <NameField
        name={draft.name}
        isNew={form.isNew}
        error={problems.fields.name}
        change={(name) => change({ name })}
      />
      <div>
        <SegmentedControl
          aria-label="What it is"
          size="xs"
          value={draft.type}
          onChange={(type) => change({ type: type as Draft["type"] })}
          data={[
            { value: "model", label: "Model" },
            { value: "service", label: "Service" },
            { value: "dashboard", label: "Dashboard" },
          ]}
        />
      </div>
      <DescribedFields draft={draft} errors={problems.fields} change={change} />
      <TextInput
        label="Address"
        description="Where it is run or described, beginning with https://"
        type="url"
        value={draft.url}
        error={problems.fields.url}
        onChange={(event) => change({ url: event.currentTarget.value })}
      />
      <MultiSelect
        label="Feature views it reads"
        description="Whoever changes one of them sees this consumer among what it reaches"
        className={classes.mono}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "Remove all feature views" }}
        nothingFoundMessage="No such feature view"
        data={[...new Set([...views, ...draft.views])]}
        value={draft.views}
        error={errorOf("views")}
        onChange={(chosen) => change({ views: chosen })}
      />
      <section className={classes.part} aria-labelledby="direct">
        <h2 id="direct">Features it reads directly</h2>
        {draft.features.length === 0 ? (
          <p className={classes.quiet}>None besides those of its feature views.</p>
        ) : (
          <ul className={pick.chips}>
            {draft.features.map((reference) => (
              <li key={reference} className={pick.chip}>
                {reference}
                <ActionIcon
                  size="xs"
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove ${reference}`}
                  onClick={() => change({ features: draft.features.filter((one) => one !== reference) })}
                >
                  <IconX size={12} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
        )}
        {errorOf("features") && (
          <p className={classes.error} role="alert">
            {errorOf("features")}
          </p>
        )}
        <PickFeatures
          picked={new Set(draft.features)}
          onPick={(features) =>
            change({ features: [...draft.features, ...features.map((feature) => feature.reference)] })
          }
          onDrop={(reference) => change({ features: draft.features.filter((one) => one !== reference) })}
        />
      </section>
    </DefinitionForm>
  );
}
