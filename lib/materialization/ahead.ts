import type { Context } from "@/lib/platform/context";
import type { Mark } from "./online-tables";

/**
 * Of groups, the ids of those whose online table holds commits that history does not have: its mark names one that the
 * database does not know, however far it has counted. A mark that names none is compared by its number.
 */
export async function findAhead(
  { db }: Pick<Context, "db">,
  groups: readonly { id: string; headSequence: number; mark: Mark | null }[],
): Promise<Set<string>> {
  const named = groups.flatMap(({ mark }) => mark?.commitId ?? []);
  const commits =
    named.length === 0 ? [] : await db.commit.findMany({ where: { id: { in: named } }, select: { id: true } });
  const known = new Set(commits.map(({ id }) => id));
  const ahead = groups.filter(({ mark, headSequence }) => {
    if (mark === null) return false;
    return mark.commitId === null ? mark.sequence > headSequence : !known.has(mark.commitId);
  });
  return new Set(ahead.map(({ id }) => id));
}
