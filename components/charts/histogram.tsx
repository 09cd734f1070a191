"use client";

import { useState } from "react";
import type { Statistics } from "@/lib/registry/schema";
import { formatCompact, formatCount, formatNumber, formatShare } from "../ui/numbers";
import classes from "./charts.module.css";
import { DataDetails } from "./data-details";
import { prepareHistogram } from "./prepare-histogram";

const HEIGHT = 200;
const TOP = 22;
const BOTTOM = 24;
const PLOT = HEIGHT - TOP - BOTTOM;

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;
const anchor = (x: number): "start" | "middle" | "end" => (x < 0.16 ? "start" : x > 0.84 ? "end" : "middle");

/** The distribution of a number over its bins, with the median and the 5 % and 95 % quantiles marked. */
export function Histogram({
  title,
  unit,
  bins,
  quantiles,
}: {
  title: string;
  unit: string | null;
  bins: Statistics["histogram"];
  quantiles: Statistics["quantiles"];
}): React.ReactElement {
  const [active, setActive] = useState<number | null>(null);
  const drawn = bins ? prepareHistogram(bins, quantiles) : null;
  if (!drawn) return <p className={classes.empty}>{title}: no values to draw yet.</p>;
  const bar = active === null ? null : drawn.bars[active];
  const inUnit = unit ? ` ${unit}` : "";
  // Labels of marks that nearly coincide would cover each other; the lines stay.
  const median = drawn.marks.find((mark) => mark.name === "median");
  const labelled = drawn.marks.filter((mark) => mark === median || !median || Math.abs(mark.x - median.x) > 0.2);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.head}>
        <span className={classes.title}>
          {title}
          {unit && ` (${unit})`}
        </span>
        <span className={classes.readout} aria-live="off">
          {bar
            ? `${formatNumber(bar.from)} to ${formatNumber(bar.to)}${inUnit}: ${formatCount(bar.count)} rows, ${formatShare(bar.share)}`
            : `${formatCompact(drawn.total)} rows, tallest bin ${formatCompact(drawn.tallest)}`}
        </span>
      </figcaption>
      <svg
        className={classes.plot}
        height={HEIGHT}
        role="img"
        aria-label={`${title}: ${formatCount(drawn.total)} values from ${formatNumber(drawn.min)} to ${formatNumber(drawn.max)}${inUnit}`}
        onPointerLeave={() => setActive(null)}
      >
        {[0, 0.5].map((level) => (
          <line key={level} className={classes.grid} x1="0" x2="100%" y1={TOP + level * PLOT} y2={TOP + level * PLOT} />
        ))}
        {drawn.bars.map((each, index) => (
          <g key={each.x}>
            <rect
              className={classes.bar}
              data-active={index === active || undefined}
              x={percent(each.x + each.width * 0.05)}
              width={percent(each.width * 0.9)}
              y={TOP + (1 - each.height) * PLOT}
              height={each.height * PLOT}
            />
            <rect
              className={classes.hit}
              x={percent(each.x)}
              width={percent(each.width)}
              y={TOP}
              height={PLOT}
              onPointerEnter={() => setActive(index)}
            />
          </g>
        ))}
        {drawn.marks.map((mark) => (
          <line
            key={mark.name}
            className={classes.mark}
            x1={percent(mark.x)}
            x2={percent(mark.x)}
            y1={TOP - 4}
            y2={TOP + PLOT}
          />
        ))}
        {labelled.map((mark) => (
          <text key={mark.name} className={classes.axisText} x={percent(mark.x)} y={12} textAnchor={anchor(mark.x)}>
            {mark.name} {formatNumber(mark.value)}
          </text>
        ))}
        <line className={classes.baseline} x1="0" x2="100%" y1={TOP + PLOT} y2={TOP + PLOT} />
        {[0, 0.5, 1].map((x) => (
          <text key={x} className={classes.axisText} x={percent(x)} y={HEIGHT - 6} textAnchor={anchor(x)}>
            {formatNumber(drawn.min + x * (drawn.max - drawn.min))}
            {x === 1 ? inUnit : ""}
          </text>
        ))}
      </svg>
      <DataDetails
        caption={title.toLowerCase()}
        headers={["From", "To", "Rows", "Share"]}
        rows={drawn.bars.map((each) => ({
          key: String(each.from),
          cells: [formatNumber(each.from), formatNumber(each.to), formatCount(each.count), formatShare(each.share)],
        }))}
      />
    </figure>
  );
}
