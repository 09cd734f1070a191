import { z } from "zod";

/**
 * A feature value as it travels (JSON, LMDB, between processes). Exact:
 * integers beyond 2^53 and decimals are strings, instants and dates are ISO strings,
 * bytes are base64, non-finite floats are "NaN", "Infinity", "-Infinity".
 */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** The schema of a value, as deep as JSON goes. */
export const Value: z.ZodType<Value> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(Value), z.record(z.string(), Value)]),
);

/** A column of tabular data; `type` is the text of a data type. */
export type Column = { name: string; type: string };
export const Column = z.object({ name: z.string(), type: z.string() });
