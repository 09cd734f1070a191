import { type RowSchema, rowSchema } from "@/lib/compute/online-row";
import { LarderError } from "@/lib/kernel/errors";
import { type Clock, type Instant, instantOf } from "@/lib/kernel/time";
import type { Column } from "@/lib/kernel/values";
import type { JoinKey } from "@/lib/registry/definition-schema";

/** What a push must know of a group version: what its rows are, and where they go online. A group of a serving catalog is one. */
export type PushTarget = {
  id: string;
  name: string;
  keys: JoinKey[];
  eventTime: string;
  createdTime: string | null;
  headSequence: number;
  /**
   * Null until something of it was put online. `materializedAt`: when the database was last told of it, by the clock of
   * whoever did. `fault`: what is wrong with it, if anything is.
   */
  table: { name: string; schema: RowSchema; materializedAt: Date; fault: "ahead" | "lost" | null } | null;
  features: { name: string; dataType: string; constraints: unknown }[];
};

/** The columns of online rows of the group as it is now. */
export function onlineColumns({ features }: Pick<PushTarget, "features">): Column[] {
  return features.map(({ name, dataType }) => ({ name, type: dataType }));
}

/**
 * Throws `state_conflict` when the table has other columns than the group has now, `dependency_unavailable` when the store
 * has lost it: whoever builds it again would not know of these rows.
 */
export function requireUsable(
  target: Pick<PushTarget, "name" | "features">,
  table: NonNullable<PushTarget["table"]>,
): void {
  if (table.fault === "lost")
    throw new LarderError(
      "dependency_unavailable",
      `The online store has lost the rows of ${target.name}; materialize it again, then push`,
      [],
      { retryAfterSeconds: 60 },
    );
  if (table.schema.mark === rowSchema(onlineColumns(target)).mark) return;
  throw new LarderError(
    "state_conflict",
    `${target.name} has other features now than its rows online; materialize it first, then push`,
  );
}

const lastPlaces = new WeakMap<Clock, number>();

/**
 * Where pushed rows stand in the total order: when Larder learned them, and the first of `count` row numbers, which are
 * microseconds since 1970. Never the same twice in a process, and always later, also when the clock is put back.
 */
export function nextPlaces(clock: Clock, count: number): { createdTime: Instant; rowNumber: number } {
  const rowNumber = Math.max((lastPlaces.get(clock) ?? 0) + 1, clock.now().getTime() * 1000);
  lastPlaces.set(clock, rowNumber + count - 1);
  const micros = String(rowNumber % 1000).padStart(3, "0");
  const createdTime = `${instantOf(new Date(Math.floor(rowNumber / 1000))).slice(0, 23)}${micros}Z`;
  return { createdTime, rowNumber };
}
