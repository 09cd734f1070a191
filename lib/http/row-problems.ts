import type { ErrorCode } from "@/lib/kernel/errors";

/** What may be wrong with rows that are sent, by whichever door. */
export const ROW_PROBLEMS: readonly ErrorCode[] = [
  "schema_mismatch",
  "null_key",
  "missing_timestamp",
  "invalid_type",
  "unsafe_integer",
  "decimal_overflow",
  "invalid_timestamp",
  "timestamp_out_of_range",
  "timestamp_in_future",
  "constraint_violated",
  "duplicate_rows",
];
