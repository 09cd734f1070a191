"use client";

import { ActionIcon, Button, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { JoinKey } from "@/lib/registry/definition-schema";
import classes from "./form.module.css";
import pick from "./pick-features.module.css";
import { type JoinDraft, joinedAgain } from "./view-draft";

/** One feature group of a view: which of its features, by which columns of the spine, under which prefix. */
export function ViewJoin({
  join,
  all,
  joinKeys,
  errorOf,
  change,
}: {
  join: JoinDraft;
  all: JoinDraft[];
  joinKeys: JoinKey[];
  errorOf: (field: string) => string | undefined;
  change: (joins: JoinDraft[]) => void;
}): React.ReactElement {
  const put = (part: Partial<JoinDraft>): void =>
    change(all.map((one) => (one.id === join.id ? { ...one, ...part } : one)));
  const drop = (feature: string): void => {
    const features = join.features.filter((name) => name !== feature);
    if (features.length > 0) put({ features });
    else change(all.filter((one) => one.id !== join.id));
  };
  const name = join.prefix ? `${join.group} as ${join.prefix}` : join.group;
  return (
    <section className={pick.join} aria-label={`Join of ${name}`}>
      <div className={pick.head}>
        <h3>
          {join.group}
          {join.version !== null && ` version ${join.version}`}
        </h3>
        <span className={classes.actions}>
          {join.version !== null && (
            <Button size="compact-xs" variant="default" onClick={() => put({ version: null })}>
              Move to the newest version
            </Button>
          )}
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => change([...all, joinedAgain(join, all)])}
            title="To read the same features by another key"
          >
            Join again
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Remove ${name}`}
            onClick={() => change(all.filter((one) => one.id !== join.id))}
          >
            Remove
          </Button>
        </span>
      </div>
      <ul className={pick.chips}>
        {join.features.map((feature) => (
          <li key={feature} className={pick.chip}>
            {join.prefix ? `${join.prefix}__${feature}` : feature}
            <ActionIcon
              size="xs"
              variant="subtle"
              color="gray"
              aria-label={`Remove ${name}:${feature}`}
              onClick={() => drop(feature)}
            >
              <IconX size={12} aria-hidden />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <div className={classes.row}>
        {joinKeys.map((key) => (
          <TextInput
            key={key.name}
            label={`Spine column for ${key.name}`}
            description={`${key.type}, where the name differs`}
            placeholder={key.name}
            className={classes.mono}
            spellCheck={false}
            value={join.keys[key.name] ?? ""}
            error={errorOf(`keys.${key.name}`)}
            onChange={(event) => put({ keys: { ...join.keys, [key.name]: event.currentTarget.value } })}
          />
        ))}
        <TextInput
          label="Prefix"
          description="Put before each column, so that names do not clash"
          className={classes.mono}
          spellCheck={false}
          value={join.prefix}
          error={errorOf("prefix")}
          onChange={(event) => put({ prefix: event.currentTarget.value })}
        />
      </div>
    </section>
  );
}
