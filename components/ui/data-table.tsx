import Link from "next/link";
import type { ReactNode } from "react";
import classes from "./data-table.module.css";
import { OpeningRow } from "./opening-row";
import { SortLink } from "./sort-link";

/** One column of a DataTable; with `sortKey` its header is a link that sorts on the server. */
export type DataTableColumn<T> = {
  key: string;
  header: ReactNode;
  align?: "left" | "right";
  render: (row: T) => ReactNode;
  sortKey?: string;
  width?: number | string;
  /** Left out on narrow screens. */
  wide?: boolean;
};

function classOf(column: { align?: "left" | "right"; wide?: boolean }): string | undefined {
  const names = [column.align === "right" && classes.right, column.wide && classes.wide].filter(Boolean);
  return names.length > 0 ? names.join(" ") : undefined;
}

export type DataTableProps<T> = {
  columns: DataTableColumn<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  /** Where a row leads; the first column becomes the link, so it must not render one itself. */
  rowHref?: (row: T) => string;
  /** What the rows are sorted by now. */
  sort?: { key: string; order: "asc" | "desc" };
  empty: ReactNode;
  caption: string;
};

/** A table whose sorting lives in the URL; its header stays, it scrolls in its own focusable region, rows open on click. */
export function DataTable<T>({
  columns,
  rows,
  rowKey,
  rowHref,
  sort,
  empty,
  caption,
}: DataTableProps<T>): React.ReactElement {
  if (rows.length === 0) return <>{empty}</>;
  const cell = (column: DataTableColumn<T>, row: T, index: number): ReactNode => (
    <td key={column.key} className={classOf(column)}>
      {index === 0 && rowHref ? (
        <Link href={rowHref(row)} className={classes.open} data-row-link prefetch={false}>
          {column.render(row)}
        </Link>
      ) : (
        column.render(row)
      )}
    </td>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={classes.region} aria-label={caption} tabIndex={0}>
      <table className={classes.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={classOf(column)}
                style={column.width === undefined ? undefined : { width: column.width }}
                aria-sort={
                  column.sortKey && sort?.key === column.sortKey
                    ? sort.order === "asc"
                      ? "ascending"
                      : "descending"
                    : undefined
                }
              >
                {column.sortKey ? (
                  <SortLink sortKey={column.sortKey} current={sort}>
                    {column.header}
                  </SortLink>
                ) : (
                  column.header
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) =>
            rowHref ? (
              <OpeningRow key={rowKey(row)} href={rowHref(row)}>
                {columns.map((column, index) => cell(column, row, index))}
              </OpeningRow>
            ) : (
              <tr key={rowKey(row)} className={classes.row}>
                {columns.map((column, index) => cell(column, row, index))}
              </tr>
            ),
          )}
        </tbody>
      </table>
    </section>
  );
}
