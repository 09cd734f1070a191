"use client";

import { Button, Select } from "@mantine/core";
import type { SpinePreview } from "@/lib/datasets/training-schema";
import form from "../registry/form.module.css";
import { formatCount } from "../ui/numbers";
import { ValueTable } from "../ui/value-table";
import { ownColumns, type SetDraft } from "./set-draft";
import classes from "./training.module.css";

/** What the rows are: how many, whose keys they have, their first ones; asks for the time and the label. */
export function SpineSeen({
  draft,
  preview,
  errors,
  change,
}: {
  draft: SetDraft;
  preview: SpinePreview;
  errors: Record<string, string>;
  change: (part: Partial<SetDraft>) => void;
}): React.ReactElement {
  const { columns, rows, rowCount, entities } = preview;
  const names = columns.map((column) => column.name);
  const ofGroup = draft.spine.kind === "group";
  const own = ofGroup ? ownColumns(names, draft.timestampColumn) : names;
  const labels = ofGroup ? names.filter((name) => !own.includes(name)) : names;
  return (
    <div className={classes.seen}>
      <dl className={classes.facts}>
        <div>
          <dt>Rows</dt>
          <dd className="number">{rowCount === null ? "many; counting them takes too long" : formatCount(rowCount)}</dd>
        </div>
        <div>
          <dt>Columns</dt>
          <dd className="number">
            {formatCount(own.length)}
            {ofGroup && labels.length > 0 && `, and ${formatCount(labels.length)} of which one can be the label`}
          </dd>
        </div>
        <div>
          <dt>Keys recognised</dt>
          <dd>
            {entities.length === 0 ? "none by name; you say which they are with the features" : entities.join(", ")}
          </dd>
        </div>
      </dl>
      <div className={form.row}>
        <Select
          label="Time column"
          description="Each row gets the values that were known at this time, never later"
          className={form.mono}
          data={names}
          searchable
          allowDeselect={false}
          disabled={ofGroup}
          value={draft.timestampColumn || null}
          error={errors.timestampColumn}
          onChange={(timestampColumn) => timestampColumn && change({ timestampColumn })}
        />
        <Select
          label="Label"
          description={
            ofGroup
              ? "A feature of the group that a model is to predict; optional"
              : "What a model is to predict; optional"
          }
          className={form.mono}
          data={labels}
          searchable
          clearable
          clearButtonProps={{ "aria-label": "No label" }}
          value={draft.label || null}
          error={errors.label}
          onChange={(label) => change({ label: label ?? "" })}
        />
      </div>
      <div className={classes.table}>
        <ValueTable caption="First rows" columns={columns} rows={rows} />
      </div>
    </div>
  );
}

/** Says that the rows could not be read, and why. */
export function UnusableRows({ detail, retry }: { detail: string; retry: () => void }): React.ReactElement {
  return (
    <div className={form.error} role="alert">
      <p>
        <strong>These rows cannot be used.</strong> {detail}
      </p>
      <p>
        <Button size="compact-xs" variant="default" onClick={retry}>
          Try again
        </Button>
      </p>
    </div>
  );
}
