import type { RowFilter } from "@/lib/engines/offline/port";
import { isNumeric } from "@/lib/kernel/data-types";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import type { ViewFilter } from "@/lib/registry/definition-schema";
import { fitsType } from "./fits-type";

const COMPARABLE = /^(?:INT32|INT64|FLOAT32|FLOAT64|DECIMAL\(.*\)|STRING|BOOL|TIMESTAMP|DATE)$/;

/** The filters of a view as conditions on its columns. Throws `definition_invalid` for one that a column can never be compared with. */
export function rowFilters(filters: Record<string, ViewFilter>, columns: Column[]): RowFilter[] {
  return Object.entries(filters).flatMap(([name, filter]) => {
    const column = columns.find((one) => one.name === name);
    if (!column)
      throw new LarderError("definition_invalid", `The view filters by ${name}, which is none of its columns`);
    return Object.entries(filter).flatMap(([operator, value]): RowFilter[] => {
      if (value === undefined) return [];
      if (operator !== "notNull") requireComparable(column, Array.isArray(value) ? value : [value]);
      return [{ column: name, operator: operator as RowFilter["operator"], value: value as Value }];
    });
  });
}

function requireComparable({ name, type }: Column, values: Value[]): void {
  const wrong = values.find((value) => !COMPARABLE.test(type) || !isLike(value, type));
  if (wrong === undefined) return;
  throw new LarderError(
    "definition_invalid",
    `The view filters ${name} by ${JSON.stringify(wrong).slice(0, 60)}, which cannot be compared with ${type}`,
  );
}

/** A number compares with numbers of every width; anything else must be of the type. */
function isLike(value: Value, type: string): boolean {
  return (typeof value === "number" && isNumeric(type)) || fitsType(value, type);
}
