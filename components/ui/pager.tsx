"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { LinkButton } from "./link-button";
import { formatCount } from "./numbers";
import classes from "./pager.module.css";
import { withParams } from "./search-params";

function offsetOf(cursor: string | undefined): number {
  if (!cursor) return 0;
  try {
    return Number(/^o:(\d{1,9})$/.exec(atob(cursor.replace(/-/g, "+").replace(/_/g, "/")))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function cursorOf(offset: number): string | null {
  return offset > 0 ? btoa(`o:${offset}`).replace(/=+$/, "") : null;
}

/** Which rows of how many are shown, and links to the pages before and after; hidden while everything fits. */
export function Pager({
  total,
  limit,
  cursor,
  nextCursor,
}: {
  total: number;
  limit: number;
  cursor?: string;
  nextCursor: string | null;
}): React.ReactElement | null {
  const path = usePathname();
  const params = useSearchParams();
  const offset = offsetOf(cursor);
  if (total === 0 || (offset === 0 && nextCursor === null)) return null;
  return (
    <nav className={classes.pager} aria-label="Pages">
      <span className="number">
        {formatCount(offset + 1)}–{formatCount(Math.min(offset + limit, total))} of {formatCount(total)}
      </span>
      <span className={classes.links}>
        {offset > 0 && (
          <LinkButton
            variant="default"
            href={withParams(path, params, { cursor: cursorOf(Math.max(0, offset - limit)) })}
          >
            Previous
          </LinkButton>
        )}
        {nextCursor && (
          <LinkButton variant="default" href={withParams(path, params, { cursor: nextCursor })}>
            Next
          </LinkButton>
        )}
      </span>
    </nav>
  );
}
