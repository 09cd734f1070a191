"use client";

import { Button, Checkbox, NumberInput, Radio, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type FormEvent, useRef, useState, useTransition } from "react";
import { CodeBlock } from "@/components/ui/code-block";
import type { ViewSummary } from "@/lib/registry/schema";
import { createTrainingSet } from "./actions";
import classes from "./form.module.css";
import { type Draft, type DraftErrors, errorsOf, requestOf, suggestName } from "./request";

export type FormView = Pick<ViewSummary, "name" | "description" | "columns" | "spine">;

function startingWith(view: FormView | undefined, taken: ReadonlySet<string>): Draft {
  return {
    name: suggestName(view?.name ?? "", taken),
    view: view?.name ?? "",
    spine: view && !view.spine ? "sql" : "view",
    sql: "",
    timestampColumn: view?.spine?.timestampColumn ?? "event_timestamp",
    label: view?.spine?.label ?? "",
    rowLimit: 100_000,
    nullKeys: "refuse",
    asKnown: "event_time",
    fullFeatureNames: false,
  };
}

function Spine({
  draft,
  view,
  errors,
  change,
}: {
  draft: Draft;
  view: FormView | undefined;
  errors: DraftErrors;
  change: (part: Partial<Draft>) => void;
}): React.ReactElement {
  return (
    <>
      <Radio.Group
        label="Spine"
        description="The rows the set is built for: join keys, a time, and whatever is to be kept, such as the label."
        value={draft.spine}
        onChange={(spine) => change({ spine: spine === "sql" ? "sql" : "view" })}
      >
        <Stack gap={8} mt={8}>
          <Radio
            value="view"
            label="The view's own spine"
            disabled={!view?.spine}
            description={view && !view.spine ? "This view offers none." : undefined}
          />
          <Radio value="sql" label="SQL of my own" />
        </Stack>
      </Radio.Group>
      {draft.spine === "view" && view?.spine && (
        <CodeBlock
          language="sql"
          title={`Spine of ${view.name}, label ${view.spine.label ?? "none"}`}
          code={view.spine.sql}
        />
      )}
      {draft.spine === "sql" && (
        <>
          <Textarea
            label="SQL"
            description="A SELECT over sources and feature groups."
            className={classes.mono}
            autosize
            minRows={5}
            spellCheck={false}
            value={draft.sql}
            error={errors.sql}
            onChange={(event) => change({ sql: event.currentTarget.value })}
          />
          <div className={classes.row}>
            <TextInput
              label="Time column"
              className={classes.mono}
              value={draft.timestampColumn}
              onChange={(event) => change({ timestampColumn: event.currentTarget.value })}
            />
            <TextInput
              label="Label column"
              description="Optional"
              inputWrapperOrder={["label", "input", "description", "error"]}
              className={classes.mono}
              value={draft.label}
              onChange={(event) => change({ label: event.currentTarget.value })}
            />
          </div>
        </>
      )}
    </>
  );
}

function More({ draft, change }: { draft: Draft; change: (part: Partial<Draft>) => void }): React.ReactElement {
  return (
    <details className={classes.more}>
      <summary>More choices</summary>
      <div>
        <Select
          label="Rows whose key is null"
          allowDeselect={false}
          value={draft.nullKeys}
          onChange={(value) => change({ nullKeys: value === "keep" ? "keep" : "refuse" })}
          data={[
            { value: "refuse", label: "Refuse to build" },
            { value: "keep", label: "Keep them, with null features" },
          ]}
        />
        <Select
          label="A value counts as known from"
          allowDeselect={false}
          value={draft.asKnown}
          onChange={(value) => change({ asKnown: value === "created_time" ? "created_time" : "event_time" })}
          data={[
            { value: "event_time", label: "its event time" },
            { value: "created_time", label: "the time it was created (late data stays out)" },
          ]}
        />
        <Checkbox
          label="Put the group's name before each feature"
          checked={draft.fullFeatureNames}
          onChange={(event) => change({ fullFeatureNames: event.currentTarget.checked })}
        />
      </div>
    </details>
  );
}

/** Asks what a training set is to hold, starts building it, and goes to its page. */
export function TrainingSetForm({
  views,
  view: first,
  taken: names,
}: {
  views: FormView[];
  view: string | null;
  taken: string[];
}): React.ReactElement {
  const router = useRouter();
  const taken = new Set(names);
  const [draft, setDraft] = useState(() => startingWith(views.find((view) => view.name === first) ?? views[0], taken));
  const [errors, setErrors] = useState<DraftErrors>({});
  const [pending, start] = useTransition();
  const form = useRef<HTMLFormElement>(null);
  const view = views.find((candidate) => candidate.name === draft.view);
  const change = (part: Partial<Draft>): void => {
    setDraft((now) => ({ ...now, ...part }));
    setErrors({});
  };

  function refuse(found: DraftErrors): void {
    setErrors(found);
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    const asked = requestOf(draft, taken);
    if ("errors" in asked) {
      refuse(asked.errors);
      return;
    }
    start(async () => {
      const answer = await createTrainingSet(asked.request);
      if (answer.ok) router.push(`/training-sets/${draft.name}`);
      else refuse(errorsOf(answer.error));
    });
  }

  return (
    <form ref={form} className={classes.form} onSubmit={submit} noValidate>
      <div className={classes.row}>
        <Select
          label="Feature view"
          description={view ? `${view.columns.length} features` : undefined}
          searchable
          allowDeselect={false}
          className={classes.mono}
          data={views.map((candidate) => candidate.name)}
          value={draft.view || null}
          error={errors.view}
          onChange={(name) =>
            name !== null &&
            setDraft(
              startingWith(
                views.find((candidate) => candidate.name === name),
                taken,
              ),
            )
          }
        />
        <TextInput
          label="Name"
          description="a-z, 0-9 and _"
          className={classes.mono}
          spellCheck={false}
          value={draft.name}
          error={errors.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
      </div>
      <Spine draft={draft} view={view} errors={errors} change={change} />
      <NumberInput
        label="Rows at most"
        description="Of a larger spine so many are taken, spread evenly over it and the same every time."
        maw={352}
        min={1}
        max={10_000_000}
        allowDecimal={false}
        allowNegative={false}
        clampBehavior="none"
        thousandSeparator=","
        value={draft.rowLimit}
        error={errors.rowLimit}
        onChange={(rowLimit) => change({ rowLimit })}
      />
      <More draft={draft} change={change} />
      {errors.form && (
        <p className={classes.error} role="alert">
          {errors.form}
        </p>
      )}
      <div>
        <Button type="submit" size="sm" loading={pending}>
          Build training set
        </Button>
      </div>
    </form>
  );
}
