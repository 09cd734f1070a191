import { isNumeric, parseDataType } from "@/lib/kernel/data-types";
import type { Column, Value } from "@/lib/kernel/values";

export const CHART_KINDS = ["bar", "line", "scatter"] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

/** What is to be drawn: positions of columns, since two may have one name. */
export type ChartChoice = { kind: ChartKind; x: number; y: number };

/** `x` is a number on a line or scatter (time in milliseconds) and a text on bars. */
export type ChartPoint = { x: number | string; y: number };
export type PreparedChart = {
  points: ChartPoint[];
  time: boolean;
  /** What is not drawn, in words. */
  notes: string[];
};

const MOST_BARS = 50;
const MOST_POINTS = 2000;

const kindOf = (column: Column | undefined): string | undefined =>
  column ? parseDataType(column.type)?.kind : undefined;
const isTime = (column: Column | undefined): boolean => ["TIMESTAMP", "DATE"].includes(kindOf(column) ?? "");

/** Columns that can stand on each axis. */
export function axesOf(columns: Column[], kind: ChartKind): { x: number[]; y: number[] } {
  const numbers = columns.flatMap((column, i) => (isNumeric(column.type) ? [i] : []));
  const x = columns.flatMap((column, i) => {
    const plain = parseDataType(column.type)?.length === null;
    return plain && (kind === "bar" || isTime(column) || isNumeric(column.type)) ? [i] : [];
  });
  return { x, y: numbers };
}

/** The chart that most likely says something about these rows; null when none can. */
export function suggestChart(columns: Column[], rows: Value[][]): ChartChoice | null {
  const { y: numbers } = axesOf(columns, "bar");
  const [y] = numbers;
  if (y === undefined) return null;
  // A time that is the same in all rows is no axis.
  const time = columns.findIndex((column, i) => isTime(column) && rows.some((row) => row[i] !== rows[0]?.[i]));
  if (time >= 0) return { kind: "line", x: time, y };
  const label = columns.findIndex((column) => ["STRING", "BOOL"].includes(column.type));
  if (label >= 0) return { kind: "bar", x: label, y };
  const other = numbers[1];
  return other === undefined ? { kind: "bar", x: y, y } : { kind: "scatter", x: y, y: other };
}

/** A choice that these columns allow, as near to the wanted one as can be. */
export function fitChoice(columns: Column[], wanted: ChartChoice): ChartChoice | null {
  const { x, y } = axesOf(columns, wanted.kind);
  const [firstX] = x;
  const [firstY] = y;
  if (firstX === undefined || firstY === undefined) return null;
  return {
    kind: wanted.kind,
    x: x.includes(wanted.x) ? wanted.x : firstX,
    y: y.includes(wanted.y) ? wanted.y : firstY,
  };
}

/** The points of a chart: nulls and what is not finite left out, lines in the order of x, never more than can be seen. */
export function prepareChart(columns: Column[], rows: Value[][], { kind, x, y }: ChartChoice): PreparedChart {
  const time = isTime(columns[x]);
  const across = (value: Value): number | string | null => {
    if (value === null) return kind === "bar" ? "null" : null;
    if (kind === "bar") return typeof value === "object" ? JSON.stringify(value) : String(value);
    return time ? Date.parse(String(value)) : Number(value);
  };
  const all = rows.flatMap((row): ChartPoint[] => {
    const at = across(row[x] ?? null);
    const up = row[y] ?? null;
    if (at === null || up === null) return [];
    const point = { x: at, y: Number(up) };
    return Number.isFinite(point.y) && (typeof at === "string" || Number.isFinite(at)) ? [point] : [];
  });
  const notes: string[] = [];
  const missing = rows.length - all.length;
  if (missing > 0) notes.push(`${missing} of ${rows.length} rows have no number here and are left out`);
  if (kind === "line") all.sort((a, b) => Number(a.x) - Number(b.x));
  const points = kind === "bar" ? all.slice(0, MOST_BARS) : evenly(all, MOST_POINTS);
  if (points.length < all.length)
    notes.push(
      kind === "bar"
        ? `The first ${points.length} of ${all.length} rows are drawn`
        : `Every ${Math.ceil(all.length / MOST_POINTS)}th of ${all.length} points is drawn`,
    );
  return { points, time: kind !== "bar" && time, notes };
}

function evenly<T>(items: T[], most: number): T[] {
  const step = Math.ceil(items.length / most);
  return step <= 1 ? items : items.filter((_, index) => index % step === 0);
}
