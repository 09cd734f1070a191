import type { Column } from "@/lib/kernel/values";
import { duckType } from "./column-types";
import { literal, literals, quote } from "./sql";
import { fromText } from "./values";

/** The longest line that is read. Twice as much is set aside for each thread, so more would cost everybody memory. */
export const LINE_BYTES = 16 * 1024 * 1024;

/** Reads lines of JSON that hold the text of every value by the types that are known: nothing is guessed. No files: no rows. */
export function exactJson(paths: string[], columns: Column[]): string {
  if (paths.length === 0) {
    const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quote(name)}`);
    return `(SELECT ${nulls.join(", ")} WHERE false)`;
  }
  const values = columns.map(({ name, type }) => `${fromText(quote(name), type)} AS ${quote(name)}`);
  const texts = columns.map(({ name }) => `${literal(name)}: 'VARCHAR'`).join(", ");
  const options = `format = 'newline_delimited', maximum_object_size = ${LINE_BYTES}, columns = {${texts}}`;
  return `(SELECT ${values.join(", ")} FROM read_json(${literals(paths)}, ${options}))`;
}
