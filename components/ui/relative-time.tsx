"use client";

import { Tooltip } from "@mantine/core";
import { formatDay, formatExact, formatRelative } from "./instants";
import { useNow } from "./use-now";

/** How long ago an instant was, with the exact instant on hover and for screen readers; an en dash for null. */
export function RelativeTime({ at }: { at: string | null | undefined }): React.ReactElement {
  const now = useNow();
  if (!at) return <span>–</span>;
  return (
    <Tooltip label={formatExact(at)}>
      <time dateTime={at} className="number" style={{ whiteSpace: "nowrap" }}>
        {now === null ? formatDay(at) : formatRelative(at, now)}
      </time>
    </Tooltip>
  );
}
