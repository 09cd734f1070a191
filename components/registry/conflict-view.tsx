"use client";

import { Button, Radio } from "@mantine/core";
import { useState } from "react";
import { stringify } from "yaml";
import { RelativeTime } from "../ui/relative-time";
import type { FieldChange, Side } from "./conflict";
import classes from "./conflict-view.module.css";
import form from "./form.module.css";
import type { Conflict } from "./use-definition-form";

/** Every field that differs, as it was, as somebody else has saved it and as one wants it; one side is taken of each. */
export function ConflictView({
  conflict,
  pending,
  onResolve,
  onBack,
}: {
  conflict: Conflict;
  pending: boolean;
  onResolve: (chosen: Record<string, Side>) => void;
  onBack: () => void;
}): React.ReactElement {
  const { theirs, changes } = conflict;
  const [chosen, setChosen] = useState<Record<string, Side>>(() =>
    Object.fromEntries(changes.flatMap(({ path, by }) => (by === "both" ? [] : [[path, by]]))),
  );
  const open = changes.filter(({ path }) => !chosen[path]).length;
  return (
    <>
      <p className={form.quiet}>
        {theirs.updatedBy} saved revision {theirs.revision} <RelativeTime at={theirs.updatedAt} />, after you had begun.
        Nothing of yours is lost: take one side of each field, then save on top of that revision. What only one of you
        has changed is chosen already.
      </p>
      <div>
        {changes.map((change) => (
          <Change
            key={change.path}
            change={change}
            who={theirs.updatedBy}
            chosen={chosen[change.path]}
            onChoose={(side) => setChosen((now) => ({ ...now, [change.path]: side }))}
          />
        ))}
        {changes.length === 0 && <p>You both made the same changes; there is nothing left to save.</p>}
      </div>
      <div className={form.actions}>
        <Button size="sm" loading={pending} disabled={open > 0} onClick={() => onResolve(chosen)}>
          {open > 0 ? `${open} ${open === 1 ? "field" : "fields"} to choose` : "Review with these choices"}
        </Button>
        <Button size="sm" variant="default" disabled={pending} onClick={onBack}>
          Back to the form
        </Button>
      </div>
    </>
  );
}

const BY = { mine: "only you changed it", theirs: "only they changed it", both: "both of you changed it" };

function Change({
  change,
  who,
  chosen,
  onChoose,
}: {
  change: FieldChange;
  who: string;
  chosen: Side | undefined;
  onChoose: (side: Side) => void;
}): React.ReactElement {
  const { label, by, path } = change;
  return (
    <Radio.Group
      value={chosen ?? ""}
      onChange={(side) => onChoose(side as Side)}
      name={path}
      label={
        <>
          {label} <span className={classes.by}>{BY[by]}</span>
        </>
      }
      labelProps={{ className: classes.label }}
      className={classes.change}
    >
      <div className={classes.sides}>
        <div className={classes.side}>
          <span className={classes.head}>You started from</span>
          <Shown value={change.base} />
        </div>
        <div className={classes.side} data-chosen={chosen === "theirs"}>
          <Radio value="theirs" size="xs" label={`Take theirs, by ${who}`} />
          <Shown value={change.theirs} />
        </div>
        <div className={classes.side} data-chosen={chosen === "mine"}>
          <Radio value="mine" size="xs" label="Keep mine" />
          <Shown value={change.mine} />
        </div>
      </div>
    </Radio.Group>
  );
}

function Shown({ value }: { value: unknown }): React.ReactElement {
  if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0))
    return <em>nothing</em>;
  return <pre>{typeof value === "string" ? value : stringify(value, { lineWidth: 0 }).trimEnd()}</pre>;
}
