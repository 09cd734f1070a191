"use client";

import { TagsInput, Textarea, TextInput } from "@mantine/core";
import classes from "./form.module.css";
import type { Problems } from "./outcome";

/** Description, owner and tags: what every definition says of itself. */
export function DescribedFields({
  draft,
  errors,
  change,
}: {
  draft: { description: string; owner: string; tags: string[] };
  errors: Record<string, string>;
  change: (part: Partial<{ description: string; owner: string; tags: string[] }>) => void;
}): React.ReactElement {
  const tagError = Object.entries(errors).find(([path]) => /^tags(\.|$)/.test(path))?.[1];
  return (
    <>
      <Textarea
        label="Description"
        description="What it is, in a sentence that a stranger understands"
        autosize
        minRows={2}
        value={draft.description}
        error={errors.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <div className={classes.row}>
        <TextInput
          label="Owner"
          description="A person or team to ask"
          value={draft.owner}
          error={errors.owner}
          onChange={(event) => change({ owner: event.currentTarget.value })}
        />
        <TagsInput
          label="Tags"
          description="Press Enter after each"
          value={draft.tags}
          error={tagError}
          clearButtonProps={{ "aria-label": "Remove all tags" }}
          onChange={(tags) => change({ tags: tags.map((tag) => tag.toLowerCase()) })}
        />
      </div>
    </>
  );
}

/** The name of something new; what exists keeps its name, which the page has as its title. */
export function NameField({
  name,
  isNew,
  error,
  change,
}: {
  name: string;
  isNew: boolean;
  error: string | undefined;
  change: (name: string) => void;
}): React.ReactElement | null {
  if (!isNew) return null;
  return (
    <TextInput
      label="Name"
      description="a-z, 0-9 and _, beginning with a letter. It cannot be changed later."
      className={classes.mono}
      spellCheck={false}
      autoComplete="off"
      value={name}
      error={error}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

/** What is wrong and belongs to no field that is shown. */
export function FormProblem({
  problems,
  shown = () => true,
}: {
  problems: Problems;
  /** Whether a field stands in the form, so that its message is there already. */
  shown?: (path: string) => boolean;
}): React.ReactElement | null {
  const hidden = Object.entries(problems.fields).flatMap(([path, message]) =>
    shown(path) ? [] : [path === "" ? message : `${path.replaceAll(".", " ")}: ${message}`],
  );
  const all = [...problems.others, ...hidden];
  if (all.length === 0) return null;
  return (
    <div className={classes.error} role="alert">
      {all.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}
