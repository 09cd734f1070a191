import { Skeleton } from "@mantine/core";
import classes from "./states.module.css";

/** The shape of a page before its data is there: a title and `rows` lines, announced as loading. */
export function LoadingState({ rows = 8, label = "Loading" }: { rows?: number; label?: string }): React.ReactElement {
  return (
    <div role="status" aria-busy="true">
      <span className="visually-hidden">{label}</span>
      <div className={classes.skeletonHead} aria-hidden>
        <Skeleton height={26} width="min(320px, 60%)" />
        <Skeleton height={14} width="min(560px, 90%)" />
      </div>
      <div className={classes.skeletonRows} aria-hidden>
        {Array.from({ length: rows }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are alike and never move
          <Skeleton key={index} height={22} width={`${96 - ((index * 7) % 23)}%`} />
        ))}
      </div>
    </div>
  );
}
