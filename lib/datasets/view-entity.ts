import { LarderError } from "@/lib/kernel/errors";
import type { RetrievalPlan } from "./plan-retrieval";

/** A join of a view by its place, with the columns that its keys have in the view. */
export type ViewPart = { at: number; keys: { column: string; key: string }[] };

/**
 * What the rows of a view are about: the join keys that every join has, or a part of them. `base` are the joins that have
 * them all and so say which entities there are, `others` add to them. Throws `validation_failed` for a view about several
 * things at once, whose rows only a spine can say.
 */
export function entityOf(
  { joins, keys }: Pick<RetrievalPlan, "joins" | "keys">,
  view: string,
): { keys: string[]; base: ViewPart[]; others: ViewPart[] } {
  const parts = joins.map(
    ({ table, keyColumns }, at): ViewPart => ({
      at,
      keys: table.shape.keys.map(({ name }) => ({ column: keyColumns[name] ?? name, key: name })),
    }),
  );
  const all = [...new Set(keys.map((key) => key.name))];
  const isBase = (part: ViewPart): boolean => all.every((name) => part.keys.some((key) => key.column === name));
  const base = parts.filter(isBase);
  if (base.length === 0)
    throw new LarderError(
      "validation_failed",
      `View ${view} joins by ${all.join(", ")}, which no feature group of it has together; give the rows to join to, as a spine`,
    );
  return { keys: all, base, others: parts.filter((part) => !isBase(part)) };
}
