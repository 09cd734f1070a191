"use client";

import { Group, Select, Switch, TextInput } from "@mantine/core";
import type { FeatureGroupDefinition } from "@/lib/registry/definition-schema";
import { DefinitionForm } from "./definition-form";
import classes from "./form.module.css";
import { DescribedFields, NameField } from "./form-parts";
import { definitionsOf, draftOfGroup, emptyWrittenGroup, type GroupDraft } from "./group-draft";
import { GroupFeatures } from "./group-features";
import type { KnownEntity } from "./group-keys";
import type { DefinitionActions } from "./outcome";
import { useDefinitionForm } from "./use-definition-form";
import { AddFeature, WrittenFields } from "./written-fields";

/** Registers a feature group without SQL, whose rows are written through the API. */
export function WrittenGroupForm({
  entities,
  actions,
}: {
  entities: KnownEntity[];
  actions: DefinitionActions;
}): React.ReactElement {
  const form = useDefinitionForm<GroupDraft>({
    kind: "feature_group",
    stored: null,
    draft: emptyWrittenGroup,
    definitionOf: (draft) => definitionsOf(draft).group,
    draftOf: (definition) => draftOfGroup(definition as FeatureGroupDefinition, []),
    actions,
  });
  const { draft, problems, change, edit } = form;
  const errors = problems.fields;
  const text = (key: "time" | "createdTime" | "ttl", field: string, label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      className={classes.mono}
      spellCheck={false}
      autoComplete="off"
      value={draft[key]}
      error={errors[field]}
      onChange={(event) => change({ [key]: event.currentTarget.value })}
    />
  );
  return (
    <DefinitionForm
      form={form}
      cancel="/feature-groups"
      wide
      shown={(path) =>
        /^(name|description|owner|tags.*|duplicates|entity|eventTime|createdTime|ttl|features|features\.\d+\.(?!name).*)$/.test(
          path,
        )
      }
    >
      <NameField isNew name={draft.name} error={errors.name} change={(name) => change({ name })} />
      <DescribedFields draft={draft} errors={errors} change={change} />
      <section className={classes.part} aria-labelledby="rows">
        <h2 id="rows">Rows</h2>
        <WrittenFields draft={draft} errors={errors} change={edit} />
        <div className={classes.row}>
          <Select
            label="Entity"
            description="What a row is about; its keys are columns of every row"
            className={classes.mono}
            searchable
            allowDeselect={false}
            data={entities.map(({ name, joinKeys }) => ({
              value: name,
              label: `${name} (${joinKeys.map((key) => key.name).join(", ") || "no key"})`,
            }))}
            value={draft.entity || null}
            error={errors.entity}
            onChange={(entity) => entity !== null && change({ entity })}
          />
          {text("time", "eventTime", "Event time", "The column that says when the row was true")}
          {text("createdTime", "createdTime", "Created time", "The column that says when it was known; may stay empty")}
          {text("ttl", "ttl", "Time to live", "Such as 90s, 15m, 24h or 7d; empty: for ever")}
        </div>
        <Group gap="lg">
          <Switch
            label="Online, for services"
            checked={draft.online}
            onChange={(event) => change({ online: event.currentTarget.checked })}
          />
          <Switch
            label="Offline, for training"
            checked={draft.offline}
            onChange={(event) => change({ offline: event.currentTarget.checked })}
          />
        </Group>
      </section>
      <section className={classes.part} aria-labelledby="features">
        <h2 id="features">Features</h2>
        <GroupFeatures isNew draft={draft} errors={errors} change={edit} />
        <AddFeature draft={draft} change={edit} />
      </section>
    </DefinitionForm>
  );
}
