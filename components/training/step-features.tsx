"use client";

import { Button, SegmentedControl, Select } from "@mantine/core";
import form from "../registry/form.module.css";
import { formatCount } from "../ui/numbers";
import { CatalogPicker } from "./catalog-picker";
import { JoinCard } from "./join-card";
import { asPicked, missingKeys, resultColumns, withoutReference, withPicked } from "./set-joins";
import type { StepProps } from "./step-spine";
import classes from "./training.module.css";

/** The second step: what is joined to the rows, all of a view or picked one by one, and which columns come out. */
export function StepFeatures(props: StepProps): React.ReactElement {
  const { draft, choices, edit } = props;
  const columns = resultColumns(draft, choices.views);
  const clashes = columns.filter((column) => column.clash);
  return (
    <>
      <div>
        <SegmentedControl
          aria-label="Where the features come from"
          value={draft.source}
          onChange={(value) => edit((now) => ({ ...now, source: value === "view" ? "view" : "picked" }))}
          data={[
            { value: "view", label: "All of a feature view" },
            { value: "picked", label: "Picked by hand" },
          ]}
        />
      </div>
      {draft.source === "picked" ? <Picked {...props} /> : <OfView {...props} />}
      <section className={classes.section} aria-labelledby="result-columns">
        <h3 id="result-columns">
          Columns of the result <span className={form.quiet}>{formatCount(columns.length)}</span>
        </h3>
        <ul className={classes.columns}>
          {columns.map((column, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may come twice, which is what is shown
            <li key={index} className={classes.column} data-clash={column.clash} title={`From ${column.from}`}>
              {column.name}
              {column.clash && <span className="visually-hidden"> comes twice</span>}
            </li>
          ))}
        </ul>
        {clashes.length > 0 && (
          <p className={form.error} role="alert">
            Two columns would have the same name: {clashes.map(({ name, from }) => `${name} from ${from}`).join(", ")}.{" "}
            {draft.source === "view"
              ? "Rename the column of your rows, or pick the features by hand and give their group a prefix."
              : "Give a group a prefix, rename the column of your rows, or leave one out."}
          </p>
        )}
      </section>
    </>
  );
}

function OfView({ draft, errors, choices, edit }: StepProps): React.ReactElement {
  const view = choices.views.find((one) => one.name === draft.view);
  const missing = missingKeys(draft, choices.views, choices.joinKeys);
  const groups = new Set(view?.joins.map((join) => join.group)).size;
  if (choices.views.length === 0)
    return <p className={form.quiet}>There is no feature view in this project yet. Pick the features by hand.</p>;
  return (
    <div className={classes.section}>
      <Select
        label="Feature view"
        description={view?.description || undefined}
        className={form.mono}
        searchable
        allowDeselect={false}
        data={choices.views.map((one) => one.name)}
        value={draft.view || null}
        error={errors.view}
        onChange={(name) => name && edit((now) => ({ ...now, view: name }))}
      />
      {view && missing.length > 0 && (
        <div className={form.error} role="alert">
          <p>
            Your rows lack {missing.length === 1 ? "a column" : "columns"} that {view.name} joins by:{" "}
            {[...new Set(missing.map(({ join, column }) => `${column} for ${join.group}`))].join(", ")}.
          </p>
          <p>
            <Button size="compact-xs" variant="default" onClick={() => edit((now) => asPicked(now, choices.views))}>
              Say which columns they are
            </Button>
          </p>
        </div>
      )}
      {view && missing.length === 0 && (
        <p className={form.actions} style={{ margin: 0 }}>
          <span className={form.quiet}>
            {formatCount(view.columns.length)} features of {formatCount(groups)} {groups === 1 ? "group" : "groups"},
            joined by columns that your rows have.
          </span>
          <Button size="compact-xs" variant="subtle" onClick={() => edit((now) => asPicked(now, choices.views))}>
            Leave some out
          </Button>
        </p>
      )}
    </div>
  );
}

function Picked({ draft, errors, choices, edit }: StepProps): React.ReactElement {
  const picked = new Set(draft.joins.flatMap((join) => join.features.map((name) => `${join.group}:${name}`)));
  return (
    <div className={classes.section}>
      {draft.joins.map((join) => (
        <JoinCard
          key={join.id}
          join={join}
          draft={draft}
          joinKeys={choices.joinKeys[join.group] ?? []}
          errors={errors}
          edit={edit}
        />
      ))}
      {errors.joins && (
        <p className={form.error} role="alert">
          {errors.joins}
        </p>
      )}
      <CatalogPicker
        picked={picked}
        entities={draft.seen?.entities ?? []}
        onPick={(features) => edit((now) => ({ ...now, joins: withPicked(now.joins, features) }))}
        onDrop={(reference) => edit((now) => ({ ...now, joins: withoutReference(now.joins, reference) }))}
      />
    </div>
  );
}
