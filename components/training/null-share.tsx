import { formatCount, formatShare } from "../ui/numbers";
import classes from "./training.module.css";

/** How much of a column is null, as a bar and in percent; the counts on hover. */
export function NullShare({ count, of }: { count: number; of: number }): React.ReactElement {
  const share = of === 0 ? 0 : count / of;
  return (
    <span className={`${classes.share} number`} title={`${formatCount(count)} of ${formatCount(of)} rows`}>
      <span className={classes.bar} aria-hidden>
        <span className={classes.fill} style={{ width: `${share * 100}%` }} />
      </span>
      {formatShare(share)}
    </span>
  );
}
