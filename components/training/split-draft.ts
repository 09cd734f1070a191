import { SPLIT_COLUMN, TrainingSplit } from "@/lib/datasets/training-schema";
import { parseInstant } from "@/lib/kernel/time";

export type SplitPart = { id: number; name: string; share: string | number; until: string };

/** How the rows are divided, as typed. Shares are in percent. */
export type SplitDraft = {
  by: "none" | "hash" | "time";
  /** Columns whose rows stay together; empty: all key columns. */
  keys: string[];
  seed: string | number;
  parts: SplitPart[];
};

export const NO_SPLIT: SplitDraft = {
  by: "none",
  keys: [],
  seed: 0,
  parts: [
    { id: 1, name: "train", share: 70, until: "" },
    { id: 2, name: "validation", share: 15, until: "" },
    { id: 3, name: "test", share: 15, until: "" },
  ],
};

export const MOST_PARTS = 5;

/** The counts of the parts in the order of the parts; what they are kept in has none of its own. */
export function inOrder(
  counts: Readonly<Record<string, number>>,
  parts: readonly { name: string }[],
): [name: string, rows: number][] {
  return parts.map(({ name }) => [name, counts[name] ?? 0]);
}

/** One part more, at the end. */
export function withPart(split: SplitDraft): SplitDraft {
  const id = Math.max(...split.parts.map((part) => part.id)) + 1;
  return { ...split, parts: [...split.parts, { id, name: `part_${split.parts.length + 1}`, share: "", until: "" }] };
}

/** What the shares add up to, in percent; what is no number counts nothing. */
export function sumOfShares(split: SplitDraft): number {
  const sum = split.parts.reduce((total, part) => total + (Number(part.share) || 0), 0);
  return Number(sum.toFixed(6));
}

/** The split that is asked for; null: none, or not one yet. */
export function splitOf(split: SplitDraft): TrainingSplit | null {
  return TrainingSplit.safeParse(asked(split)).data ?? null;
}

function asked({ by, keys, seed, parts }: SplitDraft): unknown {
  if (by === "hash")
    return {
      by,
      ...(keys.length > 0 && { keys }),
      seed: seed === "" ? 0 : Number(seed),
      parts: parts.map(({ name, share }) => ({ name, share: Number((Number(share) / 100).toFixed(8)) })),
    };
  if (by === "none") return null;
  return {
    by,
    parts: parts.map(({ name, until }, index) => ({
      name,
      ...(index < parts.length - 1 && { until: parseInstant(until) ?? until }),
    })),
  };
}

/** What is wrong with a split, by field: `parts.0.name`, `seed`, or `parts` for all of them. */
export function errorsOfSplit(split: SplitDraft, columns: readonly string[]): Record<string, string> {
  if (split.by === "none") return {};
  const errors: Record<string, string> = {};
  for (const [index, part] of split.parts.entries()) {
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(part.name))
      errors[`parts.${index}.name`] = "Must start with a letter and hold only a-z, 0-9 and _";
    const share = Number(part.share);
    if (split.by === "hash" && !(part.share !== "" && share > 0 && share < 100))
      errors[`parts.${index}.share`] = "Between 0 and 100";
    if (split.by === "time" && index < split.parts.length - 1 && parseInstant(part.until) === null)
      errors[`parts.${index}.until`] = "Choose a day and a time";
  }
  const seed = Number(split.seed);
  if (split.by === "hash" && (!Number.isInteger(seed) || seed < 0 || seed > 2_147_483_647))
    errors.seed = "A whole number from 0 to 2,147,483,647";
  if (columns.includes(SPLIT_COLUMN))
    errors.by = `Your rows have a column ${SPLIT_COLUMN} already; give it another name or leave the split out`;
  if (Object.keys(errors).length > 0) return errors;
  if (split.by === "hash" && sumOfShares(split) !== 100)
    return { parts: `The shares must add up to 100 %; these are ${sumOfShares(split)} %` };
  const found = TrainingSplit.safeParse(asked(split)).error?.issues[0];
  return found ? { parts: `The parts ${found.message}` } : {};
}
