"use client";

import { Chip, Group, MultiSelect, Radio, Select, Switch, TextInput } from "@mantine/core";
import type { JoinKey } from "@/lib/registry/definition-schema";
import classes from "./form.module.css";
import { type GroupDraft, possibleKeys, possibleTimes, withEntity } from "./group-draft";

export type KnownEntity = { name: string; joinKeys: JoinKey[] };

const TTLS = [
  ["", "For ever"],
  ["1h", "1 hour"],
  ["24h", "1 day"],
  ["7d", "7 days"],
  ["30d", "30 days"],
] as const;

type Props = {
  draft: GroupDraft;
  errors: Record<string, string>;
  change: (update: (now: GroupDraft) => GroupDraft) => void;
};

/** What the rows are about: an entity that there is, or a new one with its keys among the columns. */
export function GroupEntity({
  draft,
  errors,
  entities,
  fixed,
  change,
}: Props & {
  entities: KnownEntity[];
  /** The group exists: its entity is chosen among those that there are. */
  fixed: boolean;
}): React.ReactElement {
  const { newEntity } = draft;
  const columns = (draft.columns ?? []).map((column) => column.name);
  const begin = (): void =>
    change((now) => {
      const guessed = (now.columns ?? []).flatMap((column) => (column.role === "key" ? [column.name] : []));
      return { ...now, entity: "", keys: {}, newEntity: { name: "", description: "", keys: guessed } };
    });
  return (
    <>
      {!fixed && (
        <Radio.Group
          label="What is a row about?"
          description="An entity, such as a customer or an airport, with the keys that identify one"
          value={newEntity ? "new" : "known"}
          onChange={(value) => (value === "new" ? begin() : change((now) => withEntity(now, "", entities)))}
        >
          <Group gap="lg" mt={8}>
            <Radio value="known" label="An entity that there is" disabled={entities.length === 0} />
            <Radio value="new" label="A new entity" />
          </Group>
        </Radio.Group>
      )}
      {newEntity ? (
        <NewEntity draft={draft} newEntity={newEntity} errors={errors} change={change} />
      ) : (
        <>
          <Select
            label="Entity"
            maw={360}
            className={classes.mono}
            searchable
            allowDeselect={false}
            data={entities.map((entity) => ({
              value: entity.name,
              label: `${entity.name} (${entity.joinKeys.map((key) => key.name).join(", ") || "no key"})`,
            }))}
            value={draft.entity || null}
            error={errors.entity}
            onChange={(entity) => entity !== null && change((now) => withEntity(now, entity, entities))}
          />
          <div className={classes.row}>
            {(entities.find((entity) => entity.name === draft.entity)?.joinKeys ?? []).map((key) => (
              <Select
                key={key.name}
                label={`Column for ${key.name}`}
                description={key.type}
                className={classes.mono}
                searchable
                data={columns.length > 0 ? columns : [draft.keys[key.name] ?? key.name]}
                value={draft.keys[key.name] || null}
                error={errors[`keys.${key.name}`]}
                onChange={(column) => change((now) => ({ ...now, keys: { ...now.keys, [key.name]: column ?? "" } }))}
              />
            ))}
          </div>
        </>
      )}
    </>
  );
}

function NewEntity({
  draft,
  newEntity,
  errors,
  change,
}: Props & { newEntity: NonNullable<GroupDraft["newEntity"]> }): React.ReactElement {
  const put = (part: Partial<NonNullable<GroupDraft["newEntity"]>>): void =>
    change((now) => (now.newEntity ? { ...now, newEntity: { ...now.newEntity, ...part } } : now));
  return (
    <>
      <div className={classes.row}>
        <TextInput
          label="Name of the entity"
          description="One of them: customer, not customers"
          className={classes.mono}
          spellCheck={false}
          value={newEntity.name}
          error={errors["newEntity.name"]}
          onChange={(event) => put({ name: event.currentTarget.value })}
        />
        <MultiSelect
          label="Join keys"
          description="The columns that identify one, in order"
          className={classes.mono}
          searchable
          data={possibleKeys(draft).map((column) => ({ value: column.name, label: `${column.name} ${column.type}` }))}
          value={newEntity.keys}
          error={errors["newEntity.keys"]}
          onChange={(keys) => put({ keys })}
        />
      </div>
      <TextInput
        label="Description of the entity"
        value={newEntity.description}
        error={errors["newEntity.description"]}
        onChange={(event) => put({ description: event.currentTarget.value })}
      />
    </>
  );
}

/** When something happened, how long it keeps, and where it is kept. */
export function GroupTimes({ draft, errors, fixed, change }: Props & { fixed: boolean }): React.ReactElement {
  const times = possibleTimes(draft).map((column) => column.name);
  const known = draft.columns === null && draft.time !== "" ? [draft.time] : times;
  const custom = !TTLS.some(([value]) => value === draft.ttl);
  return (
    <>
      <div className={classes.row}>
        <Select
          label="Event time"
          description="When what the row says was true. A training set never sees a row before its time."
          className={classes.mono}
          data={known}
          disabled={draft.timeless}
          value={draft.timeless ? null : draft.time || null}
          error={errors.time ?? errors.eventTime}
          onChange={(time) => change((now) => ({ ...now, time: time ?? "" }))}
        />
        <Select
          label="Created time"
          description="When the row was written, if that is known. Late rows stay out of training sets that ask for it."
          className={classes.mono}
          clearable
          clearButtonProps={{ "aria-label": "No created time" }}
          data={draft.columns === null && draft.createdTime !== "" ? [draft.createdTime] : times}
          value={draft.createdTime || null}
          error={errors.createdTime}
          onChange={(createdTime) => change((now) => ({ ...now, createdTime: createdTime ?? "" }))}
        />
      </div>
      {!fixed && (
        <Switch
          label="The rows have no time: they hold for all time"
          description="For what does not change, such as a place or a category. A constant time is added to each row."
          checked={draft.timeless}
          onChange={(event) => {
            const timeless = event.currentTarget.checked;
            change((now) => ({ ...now, timeless }));
          }}
        />
      )}
      <div>
        <Chip.Group
          value={custom ? "custom" : draft.ttl}
          onChange={(value) => change((now) => ({ ...now, ttl: value === "custom" ? "14d" : String(value) }))}
        >
          <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
            <legend style={{ padding: 0, fontSize: 13, fontWeight: 500 }}>Time to live</legend>
            <p className={classes.quiet}>How old a value may be before it is no longer served or joined.</p>
            <Group gap={6} mt={8}>
              {TTLS.map(([value, label]) => (
                <Chip key={value} value={value} size="xs">
                  {label}
                </Chip>
              ))}
              <Chip value="custom" size="xs">
                Other
              </Chip>
            </Group>
          </fieldset>
        </Chip.Group>
        {(custom || errors.ttl) && (
          <TextInput
            mt={8}
            maw={200}
            aria-label="Time to live"
            description="Such as 90s, 15m, 24h or 7d"
            inputWrapperOrder={["input", "description", "error"]}
            className={classes.mono}
            value={draft.ttl}
            error={errors.ttl}
            onChange={(event) => {
              const ttl = event.currentTarget.value;
              change((now) => ({ ...now, ttl }));
            }}
          />
        )}
      </div>
      <Group gap="lg">
        <Switch
          label="Online, for services"
          checked={draft.online}
          onChange={(event) => {
            const online = event.currentTarget.checked;
            change((now) => ({ ...now, online }));
          }}
        />
        <Switch
          label="Offline, for training"
          checked={draft.offline}
          onChange={(event) => {
            const offline = event.currentTarget.checked;
            change((now) => ({ ...now, offline }));
          }}
        />
      </Group>
    </>
  );
}
