"use client";

import { ActionIcon, Button, MultiSelect, NumberInput, Radio, Stack, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import form from "../registry/form.module.css";
import { MOST_PARTS, type SplitDraft, type SplitPart, sumOfShares, withPart } from "./split-draft";
import classes from "./training.module.css";

/** Asks how the rows are divided: not, by a hash of their keys, or by time; and into which parts. */
export function SplitFields({
  split,
  columns,
  errors,
  change,
}: {
  split: SplitDraft;
  /** Of the rows. */
  columns: string[];
  /** By field, beginning with `split.`. */
  errors: Record<string, string>;
  change: (split: SplitDraft) => void;
}): React.ReactElement {
  const set = (part: Partial<SplitDraft>): void => change({ ...split, ...part });
  const sum = sumOfShares(split);
  return (
    <>
      <Radio.Group
        aria-label="How the rows are divided"
        value={split.by}
        error={errors["split.by"]}
        onChange={(by) => set({ by: by === "hash" || by === "time" ? by : "none" })}
      >
        <Stack gap={8}>
          <Radio value="none" label="Not at all" />
          <Radio
            value="hash"
            label="At random, by key"
            description="Rows of one key stay together, so that no key is both learnt from and tested. The same seed divides the same way."
          />
          <Radio value="time" label="By time" description="The past to learn from, what came after to test with." />
        </Stack>
      </Radio.Group>
      {split.by === "hash" && (
        <div className={form.row}>
          <MultiSelect
            label="Columns that stay together"
            description="Empty: all key columns"
            className={form.mono}
            data={columns}
            value={split.keys.filter((key) => columns.includes(key))}
            clearButtonProps={{ "aria-label": "No columns" }}
            onChange={(keys) => set({ keys })}
          />
          <NumberInput
            label="Seed"
            description="Another number divides another way"
            min={0}
            max={2_147_483_647}
            allowDecimal={false}
            allowNegative={false}
            clampBehavior="none"
            value={split.seed}
            error={errors["split.seed"]}
            onChange={(seed) => set({ seed })}
          />
        </div>
      )}
      {split.by !== "none" && (
        <>
          <ul className={classes.parts} aria-label="Parts">
            {split.parts.map((part, index) => (
              <Part key={part.id} part={part} index={index} split={split} errors={errors} change={change} />
            ))}
          </ul>
          <p className={form.actions} style={{ margin: 0 }}>
            <Button
              size="compact-sm"
              variant="default"
              disabled={split.parts.length >= MOST_PARTS}
              onClick={() => change(withPart(split))}
            >
              Add a part
            </Button>
            {split.by === "hash" && (
              <span className={form.quiet} role="status">
                {sum === 100 ? "The shares add up to 100 %." : `The shares add up to ${sum} %; they must make 100 %.`}
              </span>
            )}
          </p>
        </>
      )}
      {errors["split.parts"] && (
        <p className={form.error} role="alert">
          {errors["split.parts"]}
        </p>
      )}
    </>
  );
}

function Part({
  part,
  index,
  split,
  errors,
  change,
}: {
  part: SplitPart;
  index: number;
  split: SplitDraft;
  errors: Record<string, string>;
  change: (split: SplitDraft) => void;
}): React.ReactElement {
  const number = index + 1;
  const last = index === split.parts.length - 1;
  const put = (changed: Partial<SplitPart>): void =>
    change({ ...split, parts: split.parts.map((one) => (one.id === part.id ? { ...one, ...changed } : one)) });
  return (
    <li className={classes.part}>
      <TextInput
        label={`Part ${number}`}
        className={form.mono}
        spellCheck={false}
        value={part.name}
        error={errors[`split.parts.${index}.name`]}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      {split.by === "hash" ? (
        <NumberInput
          label={`Share of part ${number}, %`}
          min={0}
          max={100}
          clampBehavior="none"
          allowNegative={false}
          value={part.share}
          error={errors[`split.parts.${index}.share`]}
          onChange={(share) => put({ share })}
        />
      ) : last ? (
        <TextInput label={`Until, part ${number}`} value="the end" readOnly disabled />
      ) : (
        <TextInput
          type="datetime-local"
          step={1}
          label={`Until (UTC), part ${number}`}
          value={part.until}
          error={errors[`split.parts.${index}.until`]}
          onChange={(event) => put({ until: event.currentTarget.value })}
        />
      )}
      <ActionIcon
        size={36}
        variant="subtle"
        color="gray"
        aria-label={`Remove part ${number}`}
        disabled={split.parts.length <= 2}
        onClick={() => change({ ...split, parts: split.parts.filter((one) => one.id !== part.id) })}
      >
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </li>
  );
}
