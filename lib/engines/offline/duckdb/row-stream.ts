import type { KeyedRow } from "@/lib/engines/online/port";
import type { Value } from "@/lib/kernel/values";
import type { Listener } from "./pool";
import type { FromChild } from "./protocol";

/** Rows of a message whose values travelled by column. */
export function rowsOf({ columns, rowCount }: Extract<FromChild, { kind: "rows" }>): Value[][] {
  const rows = new Array<Value[]>(rowCount);
  for (let i = 0; i < rowCount; i++) rows[i] = columns.map((column) => column[i] ?? null);
  return rows;
}

/** Keys and rows that came as lines, in turns. */
export function keyedTexts(text: string): KeyedRow[] {
  const lines = text.split("\n");
  const rows = new Array<KeyedRow>(lines.length / 2);
  for (let i = 0; i < rows.length; i++)
    rows[i] = { key: JSON.parse(lines[2 * i] ?? "") as Value[], row: lines[2 * i + 1] ?? "" };
  return rows;
}

/** Turns an operation that calls back with rows into chunks that are pulled; the operation waits for the reader. */
export class Stream {
  constructor(private readonly start: (listener: Listener) => Promise<unknown>) {}

  /** The chunks in order; leaving the loop early ends the operation. */
  async *chunks(): AsyncGenerator<Value[][]> {
    let offered: { rows: Value[][]; taken: (more: boolean) => void } | null = null;
    let wake: () => void = () => {};
    let ended: { error?: unknown } | null = null;
    let left = false;
    const work = this.start((message) => {
      if (message.kind !== "rows" || left) return !left;
      return new Promise<boolean>((taken) => {
        offered = { rows: rowsOf(message), taken };
        wake();
      });
    }).then(
      () => {
        ended = {};
        wake();
      },
      (error: unknown) => {
        ended = { error };
        wake();
      },
    );
    const next = (): { rows: Value[][]; taken: (more: boolean) => void } | null => offered;
    const end = (): { error?: unknown } | null => ended;
    try {
      for (;;) {
        const chunk = next();
        if (chunk) {
          let more = false;
          offered = null;
          try {
            yield chunk.rows;
            more = true;
          } finally {
            chunk.taken(more);
          }
          continue;
        }
        const finished = end();
        if (finished) {
          if ("error" in finished) throw finished.error;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      left = true;
      next()?.taken(false);
      if (!end()) await work;
    }
  }
}
