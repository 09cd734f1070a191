"use client";

import { NativeSelect } from "@mantine/core";
import { useMemo, useState } from "react";
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Column, Value } from "@/lib/kernel/values";
import charts from "../charts/charts.module.css";
import { DataDetails } from "../charts/data-details";
import { formatNumber } from "../ui/numbers";
import {
  axesOf,
  CHART_KINDS,
  type ChartChoice,
  type ChartKind,
  type ChartPoint,
  fitChoice,
  type PreparedChart,
  prepareChart,
  suggestChart,
} from "./prepare-chart";
import classes from "./workbench.module.css";

const AXIS = { fill: "var(--mantine-color-dimmed)", fontSize: 11.5 };
const LABELS: Record<ChartKind, string> = { bar: "Bars", line: "Line", scatter: "Scatter" };

/** Rows as bars, a line or points; which columns is the reader's choice, and a good guess to begin with. */
export function ResultChart({ columns, rows }: { columns: Column[]; rows: Value[][] }): React.ReactElement {
  const [wanted, setWanted] = useState<ChartChoice | null>(null);
  const choice = useMemo(() => {
    const from = wanted ?? suggestChart(columns, rows);
    return from && fitChoice(columns, from);
  }, [columns, rows, wanted]);
  const drawn = useMemo(() => choice && prepareChart(columns, rows, choice), [columns, rows, choice]);
  if (!choice || !drawn)
    return <p className={charts.empty}>A chart needs a column of numbers; this result has none.</p>;
  const { x, y } = axesOf(columns, choice.kind);
  const named = (at: number[]) => at.map((i) => ({ value: String(i), label: columns[i]?.name ?? String(i) }));
  const [across, up] = [columns[choice.x]?.name ?? "", columns[choice.y]?.name ?? ""];
  return (
    <div>
      <div className={classes.choices}>
        <NativeSelect
          label="Chart"
          value={choice.kind}
          data={CHART_KINDS.map((kind) => ({ value: kind, label: LABELS[kind] }))}
          onChange={(event) => setWanted({ ...choice, kind: event.currentTarget.value as ChartKind })}
        />
        <NativeSelect
          label="Across"
          value={String(choice.x)}
          data={named(x)}
          onChange={(event) => setWanted({ ...choice, x: Number(event.currentTarget.value) })}
        />
        <NativeSelect
          label="Up"
          value={String(choice.y)}
          data={named(y)}
          onChange={(event) => setWanted({ ...choice, y: Number(event.currentTarget.value) })}
        />
      </div>
      {drawn.points.length === 0 ? (
        <p className={charts.empty}>None of the rows has a number here.</p>
      ) : (
        <figure className={charts.figure}>
          <figcaption className={charts.head}>
            <span className={charts.title}>
              {up} by {across}
            </span>
            <span className={charts.readout}>{drawn.notes.join(". ")}</span>
          </figcaption>
          {/* Before the browser has measured it, a chart is drawn 300 px wide: that fits the narrowest screen. */}
          <ResponsiveContainer width="100%" height={320} initialDimension={{ width: 300, height: 320 }}>
            {drawing(choice.kind, drawn, { across, up })}
          </ResponsiveContainer>
          <DataDetails
            caption="the chart"
            headers={[across, up]}
            rows={drawn.points
              .slice(0, 200)
              .map((point, i) => ({ key: String(i), cells: [written(point.x, drawn.time), formatNumber(point.y)] }))}
          />
        </figure>
      )}
    </div>
  );
}

function written(x: number | string, time: boolean): string {
  if (typeof x === "string") return x;
  return time
    ? new Date(x)
        .toISOString()
        .replace("T", " ")
        .replace(/(:00)?\.000Z$/, "")
    : formatNumber(x);
}

function drawing(
  kind: ChartKind,
  { points, time }: PreparedChart,
  { across, up }: { across: string; up: string },
): React.ReactElement {
  const margin = { top: 8, right: 16, bottom: 4, left: 0 };
  const tick = (value: number | string): string => written(value, time);
  const grid = <CartesianGrid key="grid" vertical={false} stroke="var(--larder-hairline)" />;
  const vertical = (
    <YAxis
      key="y"
      dataKey="y"
      name={up}
      width={64}
      tick={AXIS}
      tickLine={false}
      axisLine={false}
      tickFormatter={formatNumber}
    />
  );
  const tip = (
    <Tooltip
      key="tip"
      isAnimationActive={false}
      content={({ payload }) => {
        const point = payload?.[0]?.payload as ChartPoint | undefined;
        return point ? (
          <div className={charts.tip}>
            <div>
              {across}: {tick(point.x)}
            </div>
            <strong>
              {up}: {formatNumber(point.y)}
            </strong>
          </div>
        ) : null;
      }}
    />
  );
  const title = `${up} by ${across}`;
  const number = (
    <XAxis
      key="x"
      dataKey="x"
      type="number"
      name={across}
      scale={time ? "time" : "linear"}
      domain={
        points.every(({ x }) => x === points[0]?.x)
          ? [(least: number) => least - 1, (most: number) => most + 1]
          : ["dataMin", "dataMax"]
      }
      tickFormatter={tick}
      tick={AXIS}
      tickLine={false}
      minTickGap={60}
      stroke="var(--larder-hairline-strong)"
    />
  );
  if (kind === "bar")
    return (
      <BarChart data={points} margin={margin} title={title}>
        {grid}
        <XAxis dataKey="x" tick={AXIS} tickLine={false} minTickGap={8} stroke="var(--larder-hairline-strong)" />
        {vertical}
        {tip}
        <Bar dataKey="y" fill="var(--larder-bar)" isAnimationActive={false} />
      </BarChart>
    );
  if (kind === "line")
    return (
      <LineChart data={points} margin={margin} title={title}>
        {[grid, number, vertical, tip]}
        <Line
          dataKey="y"
          type="linear"
          isAnimationActive={false}
          stroke="var(--larder-accent)"
          strokeWidth={1.8}
          dot={points.length < 40 ? { r: 2 } : false}
        />
      </LineChart>
    );
  return (
    <ScatterChart margin={margin} title={title}>
      {[grid, number, vertical, tip]}
      <Scatter data={points} fill="var(--larder-accent)" fillOpacity={0.6} isAnimationActive={false} />
    </ScatterChart>
  );
}
