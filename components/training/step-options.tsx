"use client";

import { NumberInput, Radio, Select, Stack, TextInput } from "@mantine/core";
import form from "../registry/form.module.css";
import { formatCount } from "../ui/numbers";
import { canFill } from "./fill-draft";
import { requestOf, type SetDraft, spineColumns } from "./set-draft";
import { SplitCounts } from "./split-counts";
import { errorsOfSplit, inOrder } from "./split-draft";
import { SplitFields } from "./split-fields";
import type { StepProps } from "./step-spine";
import classes from "./training.module.css";
import { useRetrieval } from "./use-retrieval";

/** The fourth step: what counts as known, what becomes of nulls, how many rows, how they are divided, as of which snapshot. */
export function StepOptions({ draft, errors, choices, edit }: StepProps): React.ReactElement {
  const set = (part: Partial<SetDraft>): void => edit((now) => ({ ...now, ...part }));
  const divided =
    draft.split.by !== "none" && Object.keys(errorsOfSplit(draft.split, spineColumns(draft))).length === 0;
  return (
    <>
      <Radio.Group
        label="A value counts as known from"
        value={draft.asKnown}
        onChange={(value) => set({ asKnown: value === "created_time" ? "created_time" : "event_time" })}
      >
        <Stack gap={8} mt={8}>
          <Radio
            value="event_time"
            label="its event time"
            description="When it became true. Right when serving has values as soon as they are true."
          />
          <Radio
            value="created_time"
            label="the time it was created"
            description="When it was stored. Data that arrived late stays out, just as it was missing in serving then."
          />
        </Stack>
      </Radio.Group>
      <Radio.Group
        label="Rows whose key is null"
        value={draft.nullKeys}
        onChange={(value) => set({ nullKeys: value === "keep" ? "keep" : "refuse" })}
      >
        <Stack gap={8} mt={8}>
          <Radio
            value="refuse"
            label="Refuse to build"
            description="The rows are named, so that they can be corrected."
          />
          <Radio value="keep" label="Keep them" description="Their features are null." />
        </Stack>
      </Radio.Group>
      <Fills draft={draft} errors={errors} set={set} />
      <div className={form.row}>
        <NumberInput
          label="Rows at most"
          description={`Evenly spread, the same every time. Empty: ${draft.spine.kind === "sql" || draft.spine.kind === "view" ? "100,000" : "all"}`}
          min={1}
          max={10_000_000}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="none"
          thousandSeparator=","
          value={draft.rowLimit}
          error={errors.rowLimit}
          onChange={(rowLimit) => set({ rowLimit })}
        />
        <Select
          label="Snapshot"
          description="Reads the groups as it holds them. None: as they are now"
          className={form.mono}
          searchable
          clearable
          clearButtonProps={{ "aria-label": "No snapshot" }}
          placeholder={choices.snapshots.length === 0 ? "There is none yet" : "none"}
          disabled={choices.snapshots.length === 0}
          data={choices.snapshots}
          value={draft.snapshot || null}
          error={errors.snapshot}
          onChange={(snapshot) => set({ snapshot: snapshot ?? "" })}
        />
      </div>
      <section className={form.part} aria-labelledby="split">
        <h2 id="split">Split</h2>
        <SplitFields
          split={draft.split}
          columns={spineColumns(draft)}
          errors={errors}
          change={(split) => set({ split })}
        />
        {divided && <Divided {...{ draft, errors, choices, edit }} />}
      </section>
    </>
  );
}

/** A default for each feature that has nulls; before a preview was seen there are none to name. */
function Fills({
  draft,
  errors,
  set,
}: {
  draft: SetDraft;
  errors: Record<string, string>;
  set: (part: Partial<SetDraft>) => void;
}): React.ReactElement | null {
  const own = new Set(spineColumns(draft));
  const { columns = [], nullCounts = {} } = draft.looked ?? {};
  const fillable = columns.filter(
    ({ name, type }) =>
      !own.has(name) && canFill(type) && ((nullCounts[name] ?? 0) > 0 || (draft.fillNull[name] ?? "") !== ""),
  );
  if (fillable.length === 0) return null;
  return (
    <fieldset style={{ margin: 0, padding: 0, border: 0 }}>
      <legend style={{ padding: 0, fontSize: 13, fontWeight: 500 }}>Instead of null</legend>
      <p className={form.quiet} style={{ marginBottom: 10 }}>
        Put in after the join, and counted in the manifest. Empty: null stays null.
      </p>
      <div className={classes.fills}>
        {fillable.map(({ name, type }) => (
          <TextInput
            key={name}
            label={name}
            description={`${type}, null in ${formatCount(nullCounts[name] ?? 0)} rows of the preview`}
            className={form.mono}
            spellCheck={false}
            value={draft.fillNull[name] ?? ""}
            error={errors[`fillNull.${name}`]}
            onChange={(event) => set({ fillNull: { ...draft.fillNull, [name]: event.currentTarget.value } })}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** How the rows of a preview fall into the parts. */
function Divided({ draft, choices }: StepProps): React.ReactElement | null {
  const { preview, fresh, pending, problem } = useRetrieval(requestOf(draft, choices.views));
  if (problem)
    return (
      <p className={form.error} role="alert">
        {problem.detail}
      </p>
    );
  if (!preview?.splitCounts)
    return pending ? (
      <p className={form.quiet} role="status">
        Counting the parts…
      </p>
    ) : null;
  return (
    <div className={fresh ? undefined : classes.stale}>
      <p className={form.quiet} style={{ marginBottom: 8 }}>
        Of {formatCount(preview.rowCount - preview.filteredCount)} rows that were looked at:
      </p>
      <SplitCounts parts={inOrder(preview.splitCounts, draft.split.parts)} />
    </div>
  );
}
