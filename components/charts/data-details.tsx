import type { ReactNode } from "react";
import classes from "./charts.module.css";

/** The numbers behind a chart as a table, for those who cannot or do not want to read it by eye. */
export function DataDetails({
  caption,
  headers,
  rows,
}: {
  caption: string;
  headers: string[];
  rows: { key: string; cells: ReactNode[] }[];
}): React.ReactElement {
  return (
    <details className={classes.data}>
      <summary>Numbers of {caption}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.tableRegion} tabIndex={0} aria-label={`Numbers of ${caption}`}>
        <table>
          <thead>
            <tr>
              {headers.map((header) => (
                <th key={header} scope="col">
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                {row.cells.map((cell, index) =>
                  index === 0 ? (
                    <th key={headers[index]} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td key={headers[index]}>{cell}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
