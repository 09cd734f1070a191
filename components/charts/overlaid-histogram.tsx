"use client";

import { useState } from "react";
import { formatNumber, formatShare } from "../ui/numbers";
import classes from "./charts.module.css";
import { DataDetails } from "./data-details";
import type { OverlayBar, PreparedOverlay } from "./prepare-overlay";

const HEIGHT = 132;
const TOP = 4;
const BOTTOM = 22;
const PLOT = HEIGHT - TOP - BOTTOM;

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** The outline of a distribution: over its bars, in the viewBox 100 wide, PLOT high. */
function outlineOf(bars: OverlayBar[]): string {
  const steps = bars.flatMap((bar) => {
    const y = (PLOT * (1 - bar.height)).toFixed(2);
    return [`${(bar.x * 100).toFixed(3)},${y}`, `${((bar.x + bar.width) * 100).toFixed(3)},${y}`];
  });
  return `0,${PLOT} ${steps.join(" ")} 100,${PLOT}`;
}

/** Two distributions of one number over each other: as it was in outline, as it is in bars. */
export function OverlaidHistogram({
  title,
  unit,
  drawn,
}: {
  title: string;
  unit: string | null;
  drawn: PreparedOverlay;
}): React.ReactElement {
  const [active, setActive] = useState<number | null>(null);
  const row = active === null ? null : drawn.rows[active];
  const inUnit = unit ? ` ${unit}` : "";
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.head}>
        <span className={`${classes.title} mono`}>
          {title}
          {unit && ` (${unit})`}
        </span>
        <span className={classes.readout} aria-live="off">
          {row
            ? `${formatNumber(row.from)} to ${formatNumber(row.to)}${inUnit}: ${formatShare(row.before)} → ${formatShare(row.after)}`
            : `${formatShare(drawn.moved)} of the values moved`}
        </span>
      </figcaption>
      <svg
        className={classes.plot}
        height={HEIGHT}
        role="img"
        aria-label={`${title} before and after, from ${formatNumber(drawn.min)} to ${formatNumber(drawn.max)}${inUnit}: ${formatShare(drawn.moved)} of the values moved`}
        onPointerLeave={() => setActive(null)}
      >
        {drawn.after.map((bar, index) => (
          <rect
            key={bar.x}
            className={classes.bar}
            data-active={index === active || undefined}
            x={percent(bar.x + bar.width * 0.05)}
            width={percent(bar.width * 0.9)}
            y={TOP + (1 - bar.height) * PLOT}
            height={bar.height * PLOT}
          />
        ))}
        <svg
          x="0"
          y={TOP}
          width="100%"
          height={PLOT}
          viewBox={`0 0 100 ${PLOT}`}
          preserveAspectRatio="none"
          aria-hidden
        >
          <polyline className={classes.outline} points={outlineOf(drawn.before)} />
        </svg>
        {drawn.after.map((bar, index) => (
          <rect
            key={bar.x}
            className={classes.hit}
            x={percent(bar.x)}
            width={percent(bar.width)}
            y={TOP}
            height={PLOT}
            onPointerEnter={() => setActive(index)}
          />
        ))}
        <line className={classes.baseline} x1="0" x2="100%" y1={TOP + PLOT} y2={TOP + PLOT} />
        <text className={classes.axisText} x="0" y={HEIGHT - 6}>
          {formatNumber(drawn.min)}
        </text>
        <text className={classes.axisText} x="100%" y={HEIGHT - 6} textAnchor="end">
          {formatNumber(drawn.max)}
          {inUnit}
        </text>
      </svg>
      <DataDetails
        caption={title}
        headers={["From", "To", "Before", "After"]}
        rows={drawn.rows.map((each) => ({
          key: String(each.from),
          cells: [formatNumber(each.from), formatNumber(each.to), formatShare(each.before), formatShare(each.after)],
        }))}
      />
    </figure>
  );
}
