import { isNumeric } from "@/lib/kernel/data-types";
import type { Column, Value } from "@/lib/kernel/values";
import { DataTable } from "./data-table";
import { EmptyState } from "./empty-state";
import { ValueCell } from "./value-cell";
import classes from "./value-table.module.css";

/** Rows of data under their column names and types, exactly as stored. */
export function ValueTable({
  columns,
  rows,
  caption,
}: {
  columns: Column[];
  rows: Value[][];
  caption: string;
}): React.ReactElement {
  const numbered = rows.map((cells, index) => ({ id: String(index), cells }));
  return (
    <DataTable
      caption={caption}
      rows={numbered}
      rowKey={(row) => row.id}
      empty={<EmptyState title="No rows">There is nothing in this range.</EmptyState>}
      columns={columns.map((column, index) => ({
        key: column.name,
        align: isNumeric(column.type) ? ("right" as const) : ("left" as const),
        header: (
          <>
            <span className={classes.name}>{column.name}</span>
            <span className={classes.type}>{column.type}</span>
          </>
        ),
        render: (row: { cells: Value[] }) => <ValueCell value={row.cells[index] ?? null} type={column.type} />,
      }))}
    />
  );
}
