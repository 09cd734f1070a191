import { WriteRows, type WrittenRows } from "@/lib/datasets/ingest-schema";
import { writeRows } from "@/lib/datasets/write-rows";
import type { Value } from "@/lib/kernel/values";
import type { TestContext } from "./context";

/** Writes rows into a group through the real verb. */
export async function writeTestRows(
  ctx: TestContext,
  name: string,
  rows: Record<string, Value>[],
  how: { mode?: "append" | "overwrite" | "quarantine"; start?: string; end?: string; key?: string } = {},
): Promise<{ answer: WrittenRows; replayed: boolean }> {
  const { key = null, ...options } = how;
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const row of rows) yield new TextEncoder().encode(`${JSON.stringify(row)}\n`);
  }
  return writeRows(ctx, { ...WriteRows.parse({ name, ...options }), format: "json", body: body(), key });
}
