import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { PageQuery } from "@/lib/kernel/page";
import { Value } from "@/lib/kernel/values";
import { InstantText } from "./schema";

/** Most that one request may bring, as a file and as JSON. */
export const MAX_FILE_BYTES = 1024 * 1024 * 1024;
export const MAX_JSON_BYTES = 10 * 1024 * 1024;

export const WRITE_MODES = ["append", "overwrite", "quarantine"] as const;
export const WriteMode = z.enum(WRITE_MODES);
export type WriteMode = z.infer<typeof WriteMode>;

/** How rows are written; with JSON rows these are fields of the body, else parameters. */
export const WriteOptions = z.strictObject({
  mode: WriteMode.default("append").describe(
    "append: one bad row and nothing is written; quarantine: bad rows are put aside; overwrite: replaces what is there",
  ),
  start: InstantText.optional().describe("With overwrite: only rows from then on are replaced"),
  end: InstantText.optional().describe("With overwrite: only rows before then are replaced"),
});
export type WriteOptions = z.infer<typeof WriteOptions>;
export const WriteRows = WriteOptions.extend({ name: Name });
export type WriteRows = z.infer<typeof WriteRows>;

/** The body of a request that brings rows as JSON. */
export const RowsBody = WriteOptions.extend({
  rows: z.array(z.record(z.string(), Value)).describe("Fields by column name; integers beyond 2^53 - 1 as strings"),
});
export type RowsBody = z.infer<typeof RowsBody>;

/** A row that was refused, and why; rows count from 1. */
export const RowProblem = z.object({
  row: z.number().int().optional(),
  code: z.string(),
  pointer: z.string().optional().describe("/ and the column"),
  detail: z.string(),
});
export type RowProblem = z.infer<typeof RowProblem>;

/** `accepted` and `rejected` add up to the rows that were sent. */
export const WrittenRows = z.object({
  commit: z.object({
    id: z.string(),
    sequence: z.number().int(),
    mode: z.enum(["append", "overwrite"]),
    rowCount: z.number().describe("Rows that were written: accepted without duplicates"),
    byteCount: z.number(),
    committedAt: z.string(),
  }),
  accepted: z.number(),
  rejected: z.number(),
  duplicates: z.number().describe("Accepted rows that a later one with the same keys and times replaces"),
  warnings: z.array(z.string()),
  quarantine: z.string().nullable().describe("Where the rejected rows are"),
  problems: z.array(RowProblem).describe("The first 100 of the rejected rows"),
});
export type WrittenRows = z.infer<typeof WrittenRows>;

export const ListQuarantines = PageQuery.extend({ name: Name });
export type ListQuarantines = z.infer<typeof ListQuarantines>;

/** Rows that one write put aside. */
export const QuarantineSummary = z.object({
  id: z.string(),
  group: z.string(),
  version: z.number().int(),
  commit: z.number().int().nullable().describe("Sequence of the commit of the rows that were good"),
  rowCount: z.number(),
  byteCount: z.number(),
  reasons: z.record(z.string(), z.number()).describe("Rows with a problem of this code"),
  createdBy: z.string(),
  createdAt: z.string(),
});
export type QuarantineSummary = z.infer<typeof QuarantineSummary>;

export const ReadQuarantine = z.object({
  name: Name,
  id: z.string().max(64),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
});
export type ReadQuarantine = z.infer<typeof ReadQuarantine>;
