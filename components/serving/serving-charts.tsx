"use client";

import { Area, AreaChart, CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { SeriesPoint } from "@/lib/serving/figures-schema";
import classes from "../charts/charts.module.css";
import { DataDetails } from "../charts/data-details";
import { formatCount, formatNumber } from "../ui/numbers";
import { prepareServing, type ServingPoint } from "./prepare-serving";
import own from "./serving.module.css";

type Key = Exclude<keyof ServingPoint, "at">;
type Series = { key: Key; name: string; colour: string; dash?: string };
type PanelProps = {
  title: string;
  points: ServingPoint[];
  series: Series[];
  write: (value: number | null) => string;
};

const AXIS = { fill: "var(--mantine-color-dimmed)", fontSize: 11.5 };
const MARGIN = { top: 6, right: 12, bottom: 0, left: 0 };

const RATE: Series[] = [{ key: "rate", name: "Requests", colour: "var(--larder-accent)" }];
const LATENCY: Series[] = [
  { key: "p99", name: "p99", colour: "var(--mantine-color-text)", dash: "2 3" },
  { key: "p95", name: "p95", colour: "var(--larder-series-2)", dash: "6 3" },
  { key: "p50", name: "p50", colour: "var(--larder-accent)" },
];
const ERRORS: Series[] = [
  { key: "errors", name: "5xx", colour: "var(--larder-danger)" },
  { key: "refused", name: "turned away", colour: "var(--larder-warn)", dash: "6 3" },
  { key: "clientErrors", name: "4xx", colour: "var(--mantine-color-text)", dash: "2 3" },
];

/** The time of day in UTC, to the second. */
function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

const writeMs = (ms: number | null): string => (ms === null ? "–" : `${formatNumber(ms)} ms`);
const writeRate = (rate: number | null): string => `${formatNumber(rate)}/s`;

function Tip({ point, series, write }: { point: ServingPoint | undefined } & Pick<PanelProps, "series" | "write">) {
  if (!point) return null;
  return (
    <div className={classes.tip}>
      <div>{timeOf(point.at)} UTC</div>
      {series.map(({ key, name }) => (
        <div key={key}>
          {name}: <strong>{write(point[key])}</strong>
        </div>
      ))}
    </div>
  );
}

function Panel({ title, points, series, write }: PanelProps): React.ReactElement {
  const axes = [
    <CartesianGrid key="grid" vertical={false} stroke="var(--larder-hairline)" />,
    <XAxis
      key="x"
      dataKey="at"
      type="number"
      scale="time"
      domain={["dataMin", "dataMax"]}
      tickFormatter={timeOf}
      tick={AXIS}
      tickLine={false}
      minTickGap={48}
      stroke="var(--larder-hairline-strong)"
    />,
    <YAxis
      key="y"
      width={52}
      tick={AXIS}
      tickLine={false}
      axisLine={false}
      domain={[0, "auto"]}
      allowDecimals={series !== ERRORS}
      tickFormatter={(value: number) => formatNumber(value)}
      tickCount={4}
    />,
    <Tooltip
      key="tip"
      isAnimationActive={false}
      content={({ payload }) => (
        <Tip point={payload?.[0]?.payload as ServingPoint | undefined} series={series} write={write} />
      )}
    />,
  ];
  const [only] = series.length === 1 ? series : [];
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.head}>
        <span className={classes.title}>{title}</span>
        {!only && (
          <span className={own.legend}>
            {series.toReversed().map(({ key, name, colour, dash }) => (
              <span key={key}>
                <svg width="18" height="8" aria-hidden>
                  <title>{name}</title>
                  <line x1="0" x2="18" y1="4" y2="4" stroke={colour} strokeWidth="2" strokeDasharray={dash} />
                </svg>
                {name}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      {/* Before the browser has measured it, a chart is drawn 300 px wide: that fits the narrowest screen. */}
      <ResponsiveContainer width="100%" height={170} initialDimension={{ width: 300, height: 170 }}>
        {only ? (
          <AreaChart data={points} margin={MARGIN} title={title}>
            {axes}
            <Area
              dataKey={only.key}
              isAnimationActive={false}
              stroke={only.colour}
              strokeWidth={1.8}
              fill={only.colour}
              fillOpacity={0.12}
            />
          </AreaChart>
        ) : (
          <LineChart data={points} margin={MARGIN} title={title}>
            {axes}
            {series.map(({ key, colour, dash }) => (
              <Line
                key={key}
                dataKey={key}
                connectNulls={false}
                isAnimationActive={false}
                stroke={colour}
                strokeWidth={1.8}
                strokeDasharray={dash}
                dot={false}
              />
            ))}
          </LineChart>
        )}
      </ResponsiveContainer>
    </figure>
  );
}

/** Rate, latency and errors over the last five minutes, side by side. */
export function ServingCharts({ series }: { series: SeriesPoint[] }): React.ReactElement {
  const points = prepareServing(series);
  return (
    <div>
      <div className={classes.multiples}>
        <Panel title="Requests a second" points={points} series={RATE} write={writeRate} />
        <Panel title="Latency (ms)" points={points} series={LATENCY} write={writeMs} />
        <Panel title="Errors in 5 s" points={points} series={ERRORS} write={formatCount} />
      </div>
      <DataDetails
        caption="the last five minutes"
        headers={["From (UTC)", "Requests/s", "p50 ms", "p95 ms", "p99 ms", "5xx", "Turned away", "4xx"]}
        rows={points.map((point) => ({
          key: String(point.at),
          cells: [
            timeOf(point.at),
            formatNumber(point.rate),
            formatNumber(point.p50),
            formatNumber(point.p95),
            formatNumber(point.p99),
            formatCount(point.errors),
            formatCount(point.refused),
            formatCount(point.clientErrors),
          ],
        }))}
      />
    </div>
  );
}
