"use client";

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { FeatureUsage } from "@/lib/serving/usage-schema";
import classes from "../charts/charts.module.css";
import { DataDetails } from "../charts/data-details";
import { formatDay } from "../ui/instants";
import { formatCompact, formatCount } from "../ui/numbers";
import { prepareUsage, type UsageBar } from "./prepare-usage";

const AXIS = { fill: "var(--mantine-color-dimmed)", fontSize: 11.5 };

function dayOf(at: number): string {
  return formatDay(new Date(at).toISOString());
}

function Tip({ bar }: { bar: UsageBar | undefined }): React.ReactElement | null {
  if (!bar) return null;
  return (
    <div className={classes.tip}>
      <div>{dayOf(bar.at)}</div>
      <strong>{formatCount(bar.requests)}</strong> requests for {formatCount(bar.values)} values
    </div>
  );
}

/** Requests that read a feature, day by day. */
export function UsageChart({ series }: { series: FeatureUsage["series"] }): React.ReactElement {
  const bars = prepareUsage(series);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.head}>
        <span className={classes.title}>Requests a day (UTC)</span>
      </figcaption>
      {/* Before the browser has measured it, a chart is drawn 300 px wide: that fits the narrowest screen. */}
      <ResponsiveContainer width="100%" height={150} initialDimension={{ width: 300, height: 150 }}>
        <BarChart data={bars} margin={{ top: 6, right: 12, bottom: 0, left: 0 }} title="Requests a day">
          <CartesianGrid vertical={false} stroke="var(--larder-hairline)" />
          <XAxis
            dataKey="at"
            tickFormatter={dayOf}
            tick={AXIS}
            tickLine={false}
            minTickGap={60}
            stroke="var(--larder-hairline-strong)"
          />
          <YAxis
            width={52}
            tick={AXIS}
            tickLine={false}
            axisLine={false}
            allowDecimals={false}
            tickFormatter={formatCompact}
            tickCount={4}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--larder-hover)" }}
            content={({ payload }) => <Tip bar={payload?.[0]?.payload as UsageBar | undefined} />}
          />
          <Bar dataKey="requests" fill="var(--larder-bar)" isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
      <DataDetails
        caption="requests by day"
        headers={["Day", "Requests", "Values"]}
        rows={bars.map((bar) => ({
          key: String(bar.at),
          cells: [dayOf(bar.at), formatCount(bar.requests), formatCount(bar.values)],
        }))}
      />
    </figure>
  );
}
