import { MAX_DECIMAL_LENGTH, parseDataType } from "@/lib/kernel/data-types";
import { parseInstant } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";
import { exactKey } from "./spine";

const NON_FINITE = ["NaN", "Infinity", "-Infinity"];

/** Whether a value, as it travels, is one of a data type without loss. Null is none. */
export function fitsType(value: Value, type: string): boolean {
  const parsed = parseDataType(type);
  if (!parsed || value === null) return false;
  if (parsed.length !== null) {
    const element = type.replace(/\[\d*\]$/, "");
    const whole = Array.isArray(value) && (parsed.length === 0 || value.length === parsed.length);
    return whole && value.every((item) => item === null || fitsType(item, element));
  }
  switch (parsed.kind) {
    case "FLOAT32":
    case "FLOAT64":
      return typeof value === "number" || NON_FINITE.includes(String(value));
    case "DECIMAL": {
      const text = String(value);
      // Noughts may be matched in many ways, and who sends a text may send a long one.
      if (text.length > MAX_DECIMAL_LENGTH) return false;
      const digits = /^-?0*(\d*)(?:\.(\d+?)0*)?$/.exec(text);
      const scale = parsed.scale ?? 0;
      return (
        digits !== null &&
        (digits[1] ?? "").length <= (parsed.precision ?? 0) - scale &&
        (digits[2] ?? "").length <= scale
      );
    }
    case "TIMESTAMP":
      return typeof value === "string" && parseInstant(value) !== null;
    case "BYTES":
      return typeof value === "string" && Buffer.from(value, "base64").toString("base64") === value;
    case "JSON":
      return true;
    default:
      return exactKey(value, parsed.kind) !== undefined;
  }
}
