"use client";

import { useState } from "react";
import { isNumeric } from "@/lib/kernel/data-types";
import type { Column, Value } from "@/lib/kernel/values";
import { ValueCell } from "../ui/value-cell";
import { windowRows } from "./window-rows";
import classes from "./workbench.module.css";

const ROW_HEIGHT = 30;
const HEIGHT = 480;

/** Thousands of rows, of which only those on screen are in the page. */
export function ResultTable({ columns, rows }: { columns: Column[]; rows: Value[][] }): React.ReactElement {
  const [top, setTop] = useState(0);
  const { from, to, before, after } = windowRows({ count: rows.length, rowHeight: ROW_HEIGHT, top, height: HEIGHT });
  const right = columns.map((column) => (isNumeric(column.type) ? classes.right : undefined));
  const room = (height: number): React.ReactElement | null =>
    height > 0 ? (
      <tr aria-hidden>
        <td colSpan={columns.length + 1} style={{ height, padding: 0, border: 0 }} />
      </tr>
    ) : null;
  return (
    <section
      className={classes.region}
      style={{ maxHeight: HEIGHT }}
      aria-label="Rows of the result"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <table className={classes.table} aria-rowcount={rows.length + 1}>
        <caption className="visually-hidden">Rows of the result</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className={classes.right}>
              <span className="visually-hidden">Row</span>
            </th>
            {columns.map((column, i) => (
              <th key={column.name} scope="col" className={right[i]}>
                <span className={classes.column}>{column.name}</span>
                <span className={classes.type}>{column.type}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {room(before)}
          {rows.slice(from, to).map((row, i): React.ReactElement => {
            const number = from + i + 1;
            return (
              <tr key={number} aria-rowindex={number + 1} style={{ height: ROW_HEIGHT }}>
                <th scope="row" className={classes.right}>
                  {number}
                </th>
                {columns.map((column, at) => (
                  <td key={column.name} className={right[at]}>
                    <ValueCell value={row[at] ?? null} type={column.type} />
                  </td>
                ))}
              </tr>
            );
          })}
          {room(after)}
        </tbody>
      </table>
    </section>
  );
}
