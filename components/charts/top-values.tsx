import type { Statistics } from "@/lib/registry/schema";
import { formatCount, formatShare } from "../ui/numbers";
import classes from "./charts.module.css";
import { prepareTopValues } from "./prepare-top-values";

/** The most frequent values with their counts and shares; the list is its own table of data. */
export function TopValues({
  title,
  topValues,
  present,
  distinct,
}: {
  title: string;
  topValues: Statistics["topValues"];
  present: number;
  distinct: number;
}): React.ReactElement {
  if (!topValues || topValues.length === 0) return <p className={classes.empty}>{title}: no values to draw yet.</p>;
  const { bars, others } = prepareTopValues(topValues, present, distinct);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.head}>
        <span className={classes.title}>{title}</span>
        <span className={classes.readout}>rows and share of {formatCount(present)} with a value</span>
      </figcaption>
      <ul className={classes.tops}>
        {bars.map((bar) => (
          <li key={bar.label} className={classes.top} title={bar.label}>
            <span className={classes.value}>{bar.label}</span>
            <span className={classes.track} aria-hidden>
              <span className={classes.fill} style={{ display: "block", width: `${bar.width * 100}%` }} />
            </span>
            <span className={classes.number}>{formatCount(bar.count)}</span>
            <span className={classes.number}>{formatShare(bar.share)}</span>
          </li>
        ))}
        {others && (
          <li className={classes.top}>
            <span className={classes.readout}>{formatCount(others.values)} others</span>
            <span />
            <span className={classes.number}>{formatCount(others.count)}</span>
            <span className={classes.number}>{formatShare(others.share)}</span>
          </li>
        )}
      </ul>
    </figure>
  );
}
