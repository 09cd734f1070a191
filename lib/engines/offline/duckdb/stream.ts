import type { AppendStep } from "@/lib/engines/offline/port";
import type { Column, Value } from "@/lib/kernel/values";
import type { Session } from "./session";
import { decodeChunk } from "./values";

/** Thrown in the child when the parent wants no more rows. */
export class Enough extends Error {}

/** What a sink needs from the process: sending that waits for the parent's answer. */
export type Channel = {
  rows: (columns: Value[][], rowCount: number) => Promise<void>;
  step: (step: AppendStep) => Promise<void>;
};

const BATCH = 8192;

/** Streams query results to the parent in batches, as fast as it takes them. */
export class RowSink {
  constructor(private readonly channel: Channel) {}

  readonly step = (step: AppendStep): Promise<void> => this.channel.step(step);

  /** Sends lines as one text, which costs next to nothing to pass on. */
  readonly text = (text: string): Promise<void> => this.channel.rows([[text]], 1);

  /** Sends the rows of `SELECT … FROM (query)` with the columns in wire form; returns the nulls per column. */
  async send(session: Session, query: string, columns: Column[]): Promise<Record<string, number>> {
    const result = await session.connection.stream(session.wire(columns, `(${query}\n)`));
    const nulls = columns.map(() => 0);
    let batch: Value[][] = columns.map(() => []);
    let size = 0;
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      decodeChunk(chunk, columns).forEach((values, i) => {
        for (const value of values) if (value === null) nulls[i] = (nulls[i] ?? 0) + 1;
        batch[i] = size === 0 ? values : (batch[i] ?? []).concat(values);
      });
      size += chunk.rowCount;
      if (size < BATCH) continue;
      await this.channel.rows(batch, size);
      batch = columns.map(() => []);
      size = 0;
    }
    if (size > 0) await this.channel.rows(batch, size);
    return Object.fromEntries(columns.map((column, i) => [column.name, nulls[i] ?? 0]));
  }
}
