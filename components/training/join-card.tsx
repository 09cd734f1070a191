"use client";

import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { JoinKey } from "@/lib/registry/definition-schema";
import form from "../registry/form.module.css";
import pick from "../registry/pick-features.module.css";
import { type SetDraft, type SetJoin, spineColumns } from "./set-draft";
import { columnOf, joinedAgain, withoutFeature } from "./set-joins";
import { useGroup } from "./use-group";

/** One feature group of a training set: which of its features, by which columns of the rows, in which version, under which prefix. */
export function JoinCard({
  join,
  draft,
  joinKeys,
  errors,
  edit,
}: {
  join: SetJoin;
  draft: SetDraft;
  joinKeys: JoinKey[];
  errors: Record<string, string>;
  edit: (update: (now: SetDraft) => SetDraft) => void;
}): React.ReactElement {
  const group = useGroup(join.group, join.version);
  const name = join.prefix ? `${join.group} as ${join.prefix}` : join.group;
  const put = (part: Partial<SetJoin>): void =>
    edit((now) => ({ ...now, joins: now.joins.map((one) => (one.id === join.id ? { ...one, ...part } : one)) }));
  const change = (joins: (now: SetJoin[]) => SetJoin[]): void => edit((now) => ({ ...now, joins: joins(now.joins) }));
  const columns = spineColumns(draft);
  const typeOf = new Map(draft.seen?.columns.map((column) => [column.name, column.type]));
  const others = (group?.features ?? [])
    .filter((feature) => feature.status !== "RETIRED" && !join.features.includes(feature.name))
    .map((feature) => feature.name);
  const gone = group ? join.features.filter((one) => !group.features.some((feature) => feature.name === one)) : [];
  return (
    <section className={pick.join} aria-label={`Features of ${name}`}>
      <div className={pick.head}>
        <h3>{name}</h3>
        <span className={form.actions}>
          {others.length > 0 && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Add the other ${others.length} of ${name}`}
              onClick={() => put({ features: [...join.features, ...others] })}
            >
              Add the other {others.length}
            </Button>
          )}
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Join ${name} again`}
            title="To read the same features by another column"
            onClick={() => change((joins) => joinedAgain(joins, join))}
          >
            Join again
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Remove ${name}`}
            onClick={() => change((joins) => joins.filter((one) => one.id !== join.id))}
          >
            Remove
          </Button>
        </span>
      </div>
      <ul className={pick.chips}>
        {join.features.map((feature) => (
          <li key={feature} className={pick.chip}>
            {columnOf(join.prefix, feature)}
            <ActionIcon
              size="xs"
              variant="subtle"
              color="gray"
              aria-label={`Remove ${name}:${feature}`}
              onClick={() => change((joins) => withoutFeature(joins, join.id, feature))}
            >
              <IconX size={12} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {gone.length > 0 && (
        <p className={form.error} role="alert">
          Version {group?.version} has no {gone.join(" and no ")}. Choose another version or remove it.
        </p>
      )}
      <div className={form.row}>
        {joinKeys.map((key) => (
          <Select
            key={key.name}
            label={`Column for ${key.name}`}
            description={`${key.type}, a key of ${join.group}`}
            className={form.mono}
            searchable
            allowDeselect={false}
            data={columns.map((column) => ({ value: column, label: `${column}  ${typeOf.get(column) ?? ""}`.trim() }))}
            value={keyColumn(join, key.name, columns)}
            error={errors[`keys.${join.id}.${key.name}`]}
            onChange={(column) => column && put({ keys: { ...join.keys, [key.name]: column } })}
          />
        ))}
        <TextInput
          label="Prefix"
          description="Put before each column, so that names do not clash"
          className={form.mono}
          spellCheck={false}
          value={join.prefix}
          error={errors[`prefix.${join.id}`]}
          onChange={(event) => put({ prefix: event.currentTarget.value })}
        />
        {group && group.versions.length > 1 && (
          <Select
            label="Version"
            description="The newest, unless you need an older one"
            allowDeselect={false}
            data={[
              { value: "", label: "newest" },
              ...group.versions.map((version) => ({ value: String(version), label: `version ${version}` })),
            ]}
            value={join.version === null ? "" : String(join.version)}
            onChange={(version) => put({ version: version ? Number(version) : null })}
          />
        )}
      </div>
    </section>
  );
}

function keyColumn(join: SetJoin, key: string, columns: string[]): string | null {
  const column = join.keys[key] || key;
  return columns.includes(column) ? column : null;
}
