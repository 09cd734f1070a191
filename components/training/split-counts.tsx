import { formatCount, formatShare } from "../ui/numbers";
import classes from "./training.module.css";

/** How many rows each part of a split has, as one divided bar and in numbers. */
export function SplitCounts({ parts }: { parts: [name: string, rows: number][] }): React.ReactElement {
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <div className={classes.section}>
      <div className={classes.stack} aria-hidden>
        {parts.map(([name, count]) => (
          <span key={name} style={{ width: `${total === 0 ? 0 : (count / total) * 100}%` }} />
        ))}
      </div>
      <dl className={classes.facts}>
        {parts.map(([name, count]) => (
          <div key={name}>
            <dt className="mono">{name}</dt>
            <dd className="number">
              {formatCount(count)} rows, {formatShare(total === 0 ? null : count / total)}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
