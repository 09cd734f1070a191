import { encodeRow, orderOf, type RowSchema, rowSchema, valuesOf } from "@/lib/compute/online-row";
import type { KeyedRow } from "@/lib/engines/online/port";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { notePushes, PUSHED_FROM } from "./online-tables";
import { countNew } from "./put-rows";

/** What was taken along: pushed rows found, and what the new table has more by them. */
export type Carried = { found: number; added: number; bytes: number };

/**
 * Puts the rows of a table that were pushed online only, which no commit has, into the table that follows it. Columns go by
 * name and type; one that is new is null. May be called again.
 */
export async function carryPushedRows(
  { online }: Pick<Context, "online">,
  from: { table: string; columns: readonly Column[] },
  to: { table: string; columns: readonly Column[] },
): Promise<Carried> {
  const carried: Carried = { found: 0, added: 0, bytes: 0 };
  const rewrite = rewriter(rowSchema(from.columns), rowSchema(to.columns));
  for await (const chunk of online.scan(from.table)) {
    const pushed = chunk.filter(({ row }) => orderOf(row).rowNumber >= PUSHED_FROM).map(rewrite);
    if (pushed.length === 0) continue;
    await notePushes(online, to.table);
    await countNew({ online }, to.table, pushed, carried);
    await online.putMany(to.table, pushed);
    carried.found += pushed.length;
  }
  if (carried.found > 0) await online.flush();
  return carried;
}

function rewriter(before: RowSchema, after: RowSchema): (row: KeyedRow) => KeyedRow {
  if (before.mark === after.mark) return (row) => row;
  const places = after.columns.map(({ name, type }) =>
    before.columns.findIndex((column) => column.name === name && column.type === type),
  );
  return ({ key, row }) => {
    const values = valuesOf(before, row);
    return {
      key,
      row: encodeRow(
        after,
        orderOf(row),
        places.map((place) => values[place] ?? null),
      ),
    };
  };
}
