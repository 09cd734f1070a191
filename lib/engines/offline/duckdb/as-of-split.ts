import type { Split } from "@/lib/engines/offline/port";
import { literal, quote } from "./sql";
import { wireSql } from "./values";

/** The hexadecimal digits of the MD5 that decide; 52 bits are exact in every number there is. */
const DIGITS = 13;
const RANGE = 16 ** DIGITS;

/**
 * The expression that names the part of a row. By hash: the first 13 digits of MD5 over `<seed>;` and each key as
 * `<bytes>:<text>` (`n` for null), as a share of 16^13. It rests on nothing of the engine, so it can be computed anywhere.
 * `typeOf` gives the type of a spine column.
 */
export function splitSql(split: Split, timestamp: string, typeOf: (column: string) => string): string {
  if (split.by === "time") {
    const time = quote(timestamp);
    const parts = split.parts.map(({ name, until }) => ({
      name,
      condition: until === null ? "true" : `${time} < CAST(${literal(until)} AS TIMESTAMPTZ)`,
    }));
    return chooseSql(parts);
  }
  const texts = split.keys.map((key) => `CAST(${wireSql(quote(key), typeOf(key))} AS VARCHAR)`);
  const cells = texts.map((text) => `coalesce(strlen(${text}) || ':' || ${text}, 'n')`);
  const hash = `substr(md5(concat(${[literal(`${split.seed};`), ...cells].join(", ")})), 1, ${DIGITS})`;
  let sum = 0;
  const parts = split.parts.map(({ name, share }) => {
    sum += share;
    return { name, condition: `${hash} < ${literal(bound(sum))}` };
  });
  return chooseSql(parts);
}

/** The last part takes what is left, whatever the shares add up to after rounding. */
function chooseSql(parts: { name: string; condition: string }[]): string {
  const last = parts.at(-1);
  const cases = parts.slice(0, -1).map(({ name, condition }) => `WHEN ${condition} THEN ${literal(name)}`);
  return `CASE ${cases.join(" ")} ELSE ${literal(last?.name ?? "")} END`;
}

function bound(share: number): string {
  return BigInt(Math.min(RANGE - 1, Math.round(share * RANGE)))
    .toString(16)
    .padStart(DIGITS, "0");
}
