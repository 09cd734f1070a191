import { parseDataType } from "@/lib/kernel/data-types";
import type { Value } from "@/lib/kernel/values";
import classes from "./value-table.module.css";

/** How a value of a data type is written; exact, since integers and decimals may be beyond a double. */
export function writeValue(value: Value, type: string): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "string") return JSON.stringify(value);
  const kind = parseDataType(type)?.kind;
  if (kind === "TIMESTAMP")
    return value
      .replace("T", " ")
      .replace(/(\.\d*?)0*Z$/, (_, digits: string) => (digits === "." ? "" : digits))
      .replace(/Z$/, "");
  return value;
}

/** One feature value as text: nulls told apart from empty strings, long ones shortened with the whole on hover. */
export function ValueCell({ value, type }: { value: Value; type: string }): React.ReactElement {
  if (value === null) return <span className={classes.null}>null</span>;
  const text = writeValue(value, type);
  if (text === "") return <span className={classes.null}>empty text</span>;
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return (
    <span className={classes.value} title={short === text ? undefined : text.slice(0, 2000)}>
      {short}
    </span>
  );
}
