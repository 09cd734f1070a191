"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { LinkButton } from "./link-button";
import { formatCount } from "./numbers";
import classes from "./pager.module.css";
import { withParams } from "./search-params";

/** Links through a list that goes back in time: to older rows, and back to the newest; hidden while everything fits. */
export function TimePager({
  total,
  cursor,
  nextCursor,
}: {
  total: number;
  cursor: string | undefined;
  nextCursor: string | null;
}): React.ReactElement | null {
  const path = usePathname();
  const params = useSearchParams();
  if (!cursor && nextCursor === null) return null;
  return (
    <nav className={classes.pager} aria-label="Pages">
      <span className="number">{formatCount(total)} in all</span>
      <span className={classes.links}>
        {cursor && (
          <LinkButton variant="default" href={withParams(path, params, { cursor: null })}>
            Newest
          </LinkButton>
        )}
        {nextCursor && (
          <LinkButton variant="default" href={withParams(path, params, { cursor: nextCursor })}>
            Older
          </LinkButton>
        )}
      </span>
    </nav>
  );
}
