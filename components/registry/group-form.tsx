"use client";

import type { Definition, FeatureGroupDefinition, StoredDefinitionAnswer } from "@/lib/registry/definition-schema";
import { DefinitionForm } from "./definition-form";
import classes from "./form.module.css";
import { DescribedFields } from "./form-parts";
import { definitionsOf, draftOfGroup, type GroupDraft, withColumns } from "./group-draft";
import { GroupFeatures } from "./group-features";
import { GroupEntity, GroupTimes, type KnownEntity } from "./group-keys";
import { GroupTiming } from "./group-timing";
import { definitionHref } from "./kind-words";
import type { DefinitionActions } from "./outcome";
import { SqlEditor } from "./sql-editor";
import { NO_TIMING } from "./timing-draft";
import { useDefinitionForm } from "./use-definition-form";
import { AddFeature, WrittenFields } from "./written-fields";

/** Changes a feature group: words, SQL, keys, times and features on one page. */
export function GroupForm({
  stored,
  entities,
  actions,
}: {
  stored: StoredDefinitionAnswer;
  entities: KnownEntity[];
  actions: DefinitionActions;
}): React.ReactElement {
  const draftOf = (definition: Definition): GroupDraft => {
    const group = definition as FeatureGroupDefinition;
    return draftOfGroup(group, entities.find((entity) => entity.name === group.entity)?.joinKeys ?? []);
  };
  const form = useDefinitionForm<GroupDraft>({
    kind: "feature_group",
    stored,
    draft: () => draftOf(stored.definition),
    definitionOf: (draft) => definitionsOf(draft).group,
    draftOf,
    actions,
  });
  const { draft, problems, change, edit } = form;
  return (
    <DefinitionForm
      form={form}
      cancel={definitionHref("feature_group", stored.name)}
      wide
      shown={(path) =>
        /^(description|owner|tags.*|sql|duplicates|entity|eventTime|createdTime|ttl|schedule(\.(cron|timeZone))?|incremental(\.\w+)?|features|features\.\d+\.(?!name).*)$/.test(
          path,
        )
      }
    >
      <DescribedFields draft={draft} errors={problems.fields} change={change} />
      {draft.written ? (
        <section className={classes.part} aria-labelledby="rows">
          <h2 id="rows">Rows</h2>
          <WrittenFields draft={draft} errors={problems.fields} change={edit} />
        </section>
      ) : (
        <section className={classes.part} aria-labelledby="sql">
          <h2 id="sql">Transformation</h2>
          <SqlEditor
            label="SQL"
            description="One SELECT that gives the join keys, the event time and every feature"
            value={draft.sql}
            error={problems.fields.sql}
            onChange={(sql) => change({ sql })}
            onPreview={(preview) => edit((now) => withColumns(now, preview.columns, entities))}
          />
        </section>
      )}
      <section className={classes.part} aria-labelledby="terms">
        <h2 id="terms">Keys and time</h2>
        <GroupEntity draft={draft} errors={problems.fields} entities={entities} fixed change={edit} />
        <GroupTimes draft={draft} errors={problems.fields} fixed change={edit} />
      </section>
      {draft.sql.trim() !== "" && (
        <section className={classes.part} aria-labelledby="timing">
          <h2 id="timing">When it is computed</h2>
          <GroupTiming
            timing={draft.timing}
            errors={problems.fields}
            change={(update) => edit((now) => ({ ...now, timing: update(now.timing ?? NO_TIMING) }))}
          />
        </section>
      )}
      <section className={classes.part} aria-labelledby="features">
        <h2 id="features">Features</h2>
        <GroupFeatures isNew={false} draft={draft} errors={problems.fields} change={edit} />
        {draft.written && <AddFeature draft={draft} change={edit} />}
      </section>
    </DefinitionForm>
  );
}
