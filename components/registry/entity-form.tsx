"use client";

import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { KeyTypeText } from "@/lib/kernel/data-types";
import type { Definition, EntityDefinition, JoinKey, StoredDefinitionAnswer } from "@/lib/registry/definition-schema";
import { DefinitionForm } from "./definition-form";
import classes from "./form.module.css";
import { DescribedFields, NameField } from "./form-parts";
import { definitionHref, KIND_WORDS } from "./kind-words";
import type { DefinitionActions } from "./outcome";
import { useDefinitionForm } from "./use-definition-form";

type Draft = {
  name: string;
  description: string;
  owner: string;
  tags: string[];
  joinKeys: (JoinKey & { id: number })[];
};

let ids = 0;

function draftOf(definition: Definition): Draft {
  const { name, description, owner = "", tags, joinKeys } = definition as EntityDefinition;
  return { name, description, owner, tags, joinKeys: joinKeys.map((key) => ({ ...key, id: ids++ })) };
}

function definitionOf({ owner, joinKeys, ...draft }: Draft): unknown {
  return {
    kind: "entity",
    ...draft,
    ...(owner.trim() !== "" && { owner: owner.trim() }),
    joinKeys: joinKeys.map(({ name, type }) => ({ name, type })),
  };
}

/** Registers an entity, or changes one. */
export function EntityForm({
  stored,
  actions,
}: {
  stored: StoredDefinitionAnswer | null;
  actions: DefinitionActions;
}): React.ReactElement {
  const form = useDefinitionForm<Draft>({
    kind: "entity",
    stored,
    draft: () =>
      stored
        ? draftOf(stored.definition)
        : { name: "", description: "", owner: "", tags: [], joinKeys: [{ name: "", type: "STRING", id: ids++ }] },
    definitionOf,
    draftOf,
    actions,
  });
  const { draft, change, problems } = form;
  return (
    <DefinitionForm
      form={form}
      cancel={stored ? definitionHref("entity", stored.name) : KIND_WORDS.entity.list}
      shown={(path) => /^(name|description|owner|tags.*|joinKeys\.\d+\.name)$/.test(path)}
    >
      <NameField
        name={draft.name}
        isNew={form.isNew}
        error={problems.fields.name}
        change={(name) => {
          // Most entities have one key that is called as they are.
          const [only, ...more] = draft.joinKeys;
          const follows = only && more.length === 0 && (only.name === "" || only.name === draft.name);
          change({ name, ...(follows ? { joinKeys: [{ ...only, name }] } : {}) });
        }}
      />
      <DescribedFields draft={draft} errors={problems.fields} change={change} />
      <JoinKeys
        keys={draft.joinKeys}
        errors={problems.fields}
        change={(joinKeys) => change({ joinKeys })}
        used={stored !== null}
      />
    </DefinitionForm>
  );
}

function JoinKeys({
  keys,
  errors,
  change,
  used,
}: {
  keys: Draft["joinKeys"];
  errors: Record<string, string>;
  change: (keys: Draft["joinKeys"]) => void;
  used: boolean;
}): React.ReactElement {
  const put = (index: number, part: Partial<JoinKey>): void =>
    change(keys.map((key, at) => (at === index ? { ...key, ...part } : key)));
  return (
    <section className={classes.part} aria-labelledby="join-keys">
      <h2 id="join-keys">Join keys</h2>
      <p className={classes.quiet}>
        The columns that say which one a row is about, in the order in which a composite key is written. Without any,
        its groups join on time alone.
        {used && " They cannot change while feature groups describe the entity."}
      </p>
      {keys.map((key, index) => (
        <div key={key.id} className={classes.line}>
          <TextInput
            aria-label={`Name of join key ${index + 1}`}
            placeholder="customer_id"
            className={classes.mono}
            spellCheck={false}
            value={key.name}
            error={errors[`joinKeys.${index}.name`]}
            onChange={(event) => put(index, { name: event.currentTarget.value })}
          />
          <Select
            aria-label={`Type of join key ${index + 1}`}
            className={classes.mono}
            allowDeselect={false}
            data={KeyTypeText.options}
            value={key.type}
            onChange={(type) => type !== null && put(index, { type: type as JoinKey["type"] })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`Remove join key ${index + 1}`}
            onClick={() => change(keys.filter((_, at) => at !== index))}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => change([...keys, { name: "", type: "STRING", id: ids++ }])}
        >
          Add a join key
        </Button>
      </div>
    </section>
  );
}
