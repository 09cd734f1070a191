"use client";

import { Button, Select, Textarea, TextInput } from "@mantine/core";
import classes from "./form.module.css";
import { TYPES } from "./group-features";
import {
  type Checked,
  type ComputedDraft,
  checkComputed,
  newComputed,
  newRequest,
  type RequestDraft,
  requestProblem,
} from "./on-demand-draft";
import pick from "./pick-features.module.css";
import { useColumnTypes } from "./use-column-types";
import type { ViewDraft } from "./view-draft";

type Props = { draft: ViewDraft; errors: Record<string, string>; change: (part: Partial<ViewDraft>) => void };

/** What a view computes at each read, and what callers send for it. */
export function ViewComputed({ draft, errors, change }: Props): React.ReactElement {
  const { requestData, onDemand } = draft;
  const columns = useColumnTypes(draft.joins);
  const checked = checkComputed(columns, requestData, onDemand);
  const types = [...new Set([...TYPES, ...requestData.map(({ type }) => type)])];
  const put = <T extends { id: number }>(all: T[], id: number, part: Partial<T>): T[] =>
    all.map((one) => (one.id === id ? { ...one, ...part } : one));
  return (
    <section className={classes.part} aria-labelledby="computed">
      <h2 id="computed">Computed at each read</h2>
      <p className={classes.quiet}>
        Expressions over the columns above and what a request brings, such as <code>trips / greatest(days, 1)</code>:
        the same code computes them online and in training sets.
      </p>
      {requestData.map((item) => (
        <Request
          key={item.id}
          item={item}
          types={types}
          error={requestProblem(item, requestData, columns) ?? errors[`requestData.${item.name.trim()}`]}
          put={(part) => change({ requestData: put(requestData, item.id, part) })}
          remove={() => change({ requestData: requestData.filter(({ id }) => id !== item.id) })}
        />
      ))}
      {onDemand.map((item) => (
        <Computed
          key={item.id}
          item={item}
          checked={checked.get(item.id) ?? null}
          errors={errors}
          put={(part) => change({ onDemand: put(onDemand, item.id, part) })}
          remove={() => change({ onDemand: onDemand.filter(({ id }) => id !== item.id) })}
        />
      ))}
      <div className={classes.actions}>
        <Button variant="default" onClick={() => change({ onDemand: [...onDemand, newComputed()] })}>
          Add a computed feature
        </Button>
        <Button variant="default" onClick={() => change({ requestData: [...requestData, newRequest()] })}>
          Add request data
        </Button>
      </div>
    </section>
  );
}

/** One thing that is defined, with its heading and the way to remove it. */
function Part({
  what,
  name,
  remove,
  children,
}: {
  what: string;
  name: string;
  remove: () => void;
  children: React.ReactNode;
}): React.ReactElement {
  const called = name.trim() || "without a name";
  return (
    <section className={pick.join} aria-label={`${what} ${called}`}>
      <div className={pick.head}>
        <h3>{what}</h3>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Remove ${what.toLowerCase()} ${called}`}
          onClick={remove}
        >
          Remove
        </Button>
      </div>
      {children}
    </section>
  );
}

function Request({
  item,
  types,
  error,
  put,
  remove,
}: {
  item: RequestDraft;
  types: string[];
  error: string | undefined;
  put: (part: Partial<RequestDraft>) => void;
  remove: () => void;
}): React.ReactElement {
  return (
    <Part what="Request data" name={item.name} remove={remove}>
      <div className={classes.row}>
        <TextInput
          label="Name in the request"
          className={classes.mono}
          spellCheck={false}
          value={item.name}
          error={error}
          onChange={(event) => put({ name: event.currentTarget.value })}
        />
        <Select
          label="Type"
          className={classes.mono}
          data={types}
          allowDeselect={false}
          value={item.type}
          onChange={(type) => put({ type: type ?? item.type })}
        />
      </div>
    </Part>
  );
}

function Computed({
  item,
  checked,
  errors,
  put,
  remove,
}: {
  item: ComputedDraft;
  checked: Checked;
  errors: Record<string, string>;
  put: (part: Partial<ComputedDraft>) => void;
  remove: () => void;
}): React.ReactElement {
  const own = `onDemand.${item.name.trim()}`;
  const problem = checked && "problem" in checked ? checked.problem : undefined;
  return (
    <Part what="Computed feature" name={item.name} remove={remove}>
      <div className={classes.row}>
        <TextInput
          label="Name"
          className={classes.mono}
          spellCheck={false}
          value={item.name}
          error={errors[own]}
          onChange={(event) => put({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Unit"
          value={item.unit}
          error={errors[`${own}.unit`]}
          onChange={(event) => put({ unit: event.currentTarget.value })}
        />
      </div>
      <Textarea
        label="Expression"
        className={classes.mono}
        spellCheck={false}
        autosize
        minRows={1}
        maxLength={4000}
        value={item.expression}
        error={problem ?? errors[`${own}.expression`]}
        onChange={(event) => put({ expression: event.currentTarget.value })}
      />
      <p className={classes.quiet} role="status">
        {checked && "type" in checked
          ? `Gives ${checked.type}, made from ${checked.from.join(", ") || "nothing"}`
          : item.expression.trim() === ""
            ? "Write an expression to see what it gives"
            : problem
              ? "Not valid yet"
              : "Checked when its columns are known"}
      </p>
      <TextInput
        label="What it means"
        value={item.description}
        error={errors[`${own}.description`]}
        onChange={(event) => put({ description: event.currentTarget.value })}
      />
    </Part>
  );
}
