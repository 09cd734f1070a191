import Link from "next/link";
import type { ColumnEdge } from "@/lib/lineage/schema";
import { formatCount } from "../ui/numbers";
import classes from "./column-list.module.css";
import { columnSteps, type ShownColumn } from "./column-steps";

function Column({ column }: { column: ShownColumn }): React.ReactElement {
  return (
    <Link href={column.href} className="mono">
      {column.label}
    </Link>
  );
}

/** Columns with the columns they are made from, nearest first; at most `shown` of them. */
export function ColumnList({ edges, shown }: { edges: readonly ColumnEdge[]; shown: number }): React.ReactElement {
  const steps = columnSteps(edges);
  return (
    <ul className={classes.steps}>
      {steps.slice(0, shown).map((step) => (
        <li key={step.label}>
          <Column column={step} />
          <ul className={classes.from} aria-label={`${step.label} is made from`}>
            {step.from.map((column) => (
              <li key={column.label}>
                <span aria-hidden>← </span>
                <Column column={column} />
              </li>
            ))}
          </ul>
        </li>
      ))}
      {steps.length > shown && <li className={classes.quiet}>and {formatCount(steps.length - shown)} more</li>}
    </ul>
  );
}
