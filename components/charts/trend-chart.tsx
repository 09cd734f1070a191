"use client";

import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { AxisDomain } from "recharts/types/util/types";
import type { Statistics } from "@/lib/registry/schema";
import { formatDay } from "../ui/instants";
import { formatCount, formatNumber, formatShare } from "../ui/numbers";
import classes from "./charts.module.css";
import { DataDetails } from "./data-details";
import { prepareTrend, type TrendPoint } from "./prepare-trend";

type Series = {
  key: "mean" | "nullShare";
  title: string;
  stroke: string;
  dash?: string;
  domain: AxisDomain;
  tick: (value: number) => string;
  write: (value: number | null) => string;
};

const AXIS = { fill: "var(--mantine-color-dimmed)", fontSize: 11.5 };

function dayOf(at: number): string {
  return formatDay(new Date(at).toISOString());
}

function Tip({ point, series }: { point: TrendPoint | undefined; series: Series }): React.ReactElement | null {
  if (!point) return null;
  return (
    <div className={classes.tip}>
      <div>{dayOf(point.at)}</div>
      <strong>{series.write(point[series.key])}</strong> of {formatCount(point.count)} rows
    </div>
  );
}

function Panel({ points, series }: { points: TrendPoint[]; series: Series }): React.ReactElement {
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.head}>
        <span className={classes.title}>{series.title}</span>
      </figcaption>
      {/* Before the browser has measured it, a chart is drawn 300 px wide: that fits the narrowest screen. */}
      <ResponsiveContainer width="100%" height={170} initialDimension={{ width: 300, height: 170 }}>
        <LineChart data={points} margin={{ top: 6, right: 12, bottom: 0, left: 0 }} title={series.title}>
          <CartesianGrid vertical={false} stroke="var(--larder-hairline)" />
          <XAxis
            dataKey="at"
            type="number"
            scale="time"
            domain={["dataMin", "dataMax"]}
            tickFormatter={dayOf}
            tick={AXIS}
            tickLine={false}
            minTickGap={60}
            stroke="var(--larder-hairline-strong)"
          />
          <YAxis
            width={58}
            tick={AXIS}
            tickLine={false}
            axisLine={false}
            domain={series.domain}
            tickFormatter={series.tick}
            tickCount={4}
          />
          <Tooltip
            isAnimationActive={false}
            content={({ payload }) => <Tip point={payload?.[0]?.payload as TrendPoint | undefined} series={series} />}
          />
          <Line
            dataKey={series.key}
            type="linear"
            connectNulls={false}
            isAnimationActive={false}
            stroke={series.stroke}
            strokeWidth={1.8}
            strokeDasharray={series.dash}
            dot={points.length < 40 ? { r: 2, strokeDasharray: "none" } : false}
          />
        </LineChart>
      </ResponsiveContainer>
    </figure>
  );
}

/** How the mean and the share of nulls went over event time, side by side; where there is no data there is a gap. */
export function TrendChart({ trend, unit }: { trend: Statistics["trend"]; unit: string | null }): React.ReactElement {
  const points = prepareTrend(trend);
  if (points.length < 2)
    return (
      <p className={classes.empty}>
        A trend needs data from two instants; so far there is {points.length === 1 ? "one" : "none"}.
      </p>
    );
  const inUnit = unit ? ` (${unit})` : "";
  const mean: Series = {
    key: "mean",
    title: `Mean over event time${inUnit}`,
    stroke: "var(--larder-accent)",
    domain: ["auto", "auto"],
    tick: formatNumber,
    write: formatNumber,
  };
  const nulls: Series = {
    key: "nullShare",
    title: "Share of nulls over event time (%)",
    stroke: "var(--larder-series-2)",
    dash: "5 3",
    // Without nulls the axis still ends somewhere readable: at 1 %.
    domain: [0, (most: number) => Math.min(1, Math.max(0.01, most))],
    tick: (share) => `${formatNumber(Math.round(share * 1000) / 10)} %`,
    write: formatShare,
  };
  const numeric = points.some((point) => point.mean !== null);
  return (
    <div>
      <div className={classes.multiples}>
        {numeric && <Panel points={points} series={mean} />}
        <Panel points={points} series={nulls} />
      </div>
      <DataDetails
        caption="the trend"
        headers={["From", "Rows", "Mean", "Null"]}
        rows={points.map((point) => ({
          key: String(point.at),
          cells: [dayOf(point.at), formatCount(point.count), formatNumber(point.mean), formatShare(point.nullShare)],
        }))}
      />
    </div>
  );
}
