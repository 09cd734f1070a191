"use client";

import { Autocomplete, Switch } from "@mantine/core";
import { useState } from "react";
import type {
  Definition,
  FeatureViewDefinition,
  JoinKey,
  StoredDefinitionAnswer,
} from "@/lib/registry/definition-schema";
import { DefinitionForm } from "./definition-form";
import classes from "./form.module.css";
import { DescribedFields, NameField } from "./form-parts";
import { definitionHref, KIND_WORDS } from "./kind-words";
import type { DefinitionActions } from "./outcome";
import { PickFeatures } from "./pick-features";
import { SqlEditor } from "./sql-editor";
import { useDefinitionForm } from "./use-definition-form";
import { ViewComputed } from "./view-computed";
import { draftOfView, EMPTY_VIEW, spineKeys, type ViewDraft, viewOf, withoutPicked, withPicked } from "./view-draft";
import { ViewJoin } from "./view-join";

/** Registers a feature view, or changes one. `joinKeys`: of each feature group. */
export function ViewForm({
  stored,
  joinKeys,
  actions,
}: {
  stored: StoredDefinitionAnswer | null;
  joinKeys: Record<string, JoinKey[]>;
  actions: DefinitionActions;
}): React.ReactElement {
  const draftOf = (definition: Definition): ViewDraft => draftOfView(definition as FeatureViewDefinition);
  const form = useDefinitionForm<ViewDraft>({
    kind: "feature_view",
    stored,
    draft: () => (stored ? draftOf(stored.definition) : EMPTY_VIEW),
    definitionOf: viewOf,
    draftOf,
    actions,
  });
  const { draft, change, problems } = form;
  const keysOf = (group: string): JoinKey[] => joinKeys[group] ?? [];
  const picked = new Set(draft.joins.flatMap((join) => join.features.map((name) => `${join.group}:${name}`)));
  return (
    <DefinitionForm
      form={form}
      cancel={stored ? definitionHref("feature_view", stored.name) : KIND_WORDS.feature_view.list}
      shown={(path) =>
        /^(name|description|owner|tags.*|joins|joins\.\d+\.(prefix|keys\.\w+)|spine\.\w+|requestData\.\w+|onDemand\.\w+(\.(unit|expression|description))?)$/.test(
          path,
        )
      }
    >
      <NameField
        name={draft.name}
        isNew={form.isNew}
        error={problems.fields.name}
        change={(name) => change({ name })}
      />
      <DescribedFields draft={draft} errors={problems.fields} change={change} />
      <section className={classes.part} aria-labelledby="features">
        <h2 id="features">Features</h2>
        {draft.joins.map((join, index) => (
          <ViewJoin
            key={join.id}
            join={join}
            all={draft.joins}
            joinKeys={keysOf(join.group)}
            errorOf={(field) => problems.fields[`joins.${index}.${field}`]}
            change={(joins) => change({ joins })}
          />
        ))}
        {problems.fields.joins && (
          <p className={classes.error} role="alert">
            Pick at least one feature
          </p>
        )}
        <PickFeatures
          picked={picked}
          onPick={(features) => change({ joins: withPicked(draft.joins, features) })}
          onDrop={(reference) => change({ joins: withoutPicked(draft.joins, reference) })}
        />
      </section>
      <ViewComputed draft={draft} errors={problems.fields} change={change} />
      <Spine draft={draft} errors={problems.fields} keys={spineKeys(draft.joins, keysOf)} change={change} />
    </DefinitionForm>
  );
}

function Spine({
  draft,
  errors,
  keys,
  change,
}: {
  draft: ViewDraft;
  errors: Record<string, string>;
  keys: string[];
  change: (part: Partial<ViewDraft>) => void;
}): React.ReactElement {
  const { spine } = draft;
  const [columns, setColumns] = useState<string[]>([]);
  const put = (part: Partial<NonNullable<ViewDraft["spine"]>>): void => {
    if (spine) change({ spine: { ...spine, ...part } });
  };
  return (
    <section className={classes.part} aria-labelledby="spine">
      <h2 id="spine">Spine</h2>
      <Switch
        label="Offer the rows that a training set is built for"
        description="Without one, whoever builds a training set from this view brings rows of their own."
        checked={spine !== null}
        onChange={(event) =>
          change({
            spine: event.currentTarget.checked ? { sql: "", timestampColumn: "event_timestamp", label: "" } : null,
          })
        }
      />
      {spine && (
        <>
          <SqlEditor
            label="Spine SQL"
            description={`A SELECT that gives ${keys.length > 0 ? `${keys.join(", ")}, ` : ""}a time, and whatever is to be kept, such as the label`}
            value={spine.sql}
            error={errors["spine.sql"] ?? errors.spine}
            onChange={(sql) => put({ sql })}
            onPreview={(preview) => {
              setColumns(preview.columns.map((column) => column.name));
              const time = preview.columns.find((column) => column.role === "event_time")?.name;
              if (time && !preview.columns.some((column) => column.name === spine.timestampColumn))
                put({ timestampColumn: time });
            }}
          />
          <div className={classes.row}>
            <Autocomplete
              label="Time column"
              className={classes.mono}
              data={columns}
              value={spine.timestampColumn}
              error={errors["spine.timestampColumn"]}
              onChange={(timestampColumn) => put({ timestampColumn })}
            />
            <Autocomplete
              label="Label column"
              description="What a model is to predict; optional"
              inputWrapperOrder={["label", "input", "description", "error"]}
              className={classes.mono}
              data={columns}
              value={spine.label}
              error={errors["spine.label"]}
              onChange={(label) => put({ label })}
            />
          </div>
        </>
      )}
    </section>
  );
}
