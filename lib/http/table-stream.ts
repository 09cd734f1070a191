import type { Column, Value } from "@/lib/kernel/values";
import { arrowStream } from "./arrow";
import { csvHeader, csvLines } from "./csv";
import type { FileAnswer } from "./route";

export const PARQUET = "application/vnd.apache.parquet";
export const ARROW = "application/vnd.apache.arrow.stream";
/** Media types of a table, the preferred one first. */
export const TABLE_TYPES = [PARQUET, "application/octet-stream", "text/csv", "application/json", ARROW] as const;

/** A table whose rows come chunk by chunk, as somebody takes them. */
export type TableChunks = { name: string; columns: Column[]; chunks: AsyncIterable<Value[][]> };

/** A table as a download of the media type, written as it is read: however long it is, only a chunk is held. */
export function streamTable(table: TableChunks, type: string): FileAnswer {
  const file = (extension: string, bytes: AsyncGenerator<Uint8Array>): FileAnswer => ({
    fileName: `${table.name}.${extension}`,
    byteCount: null,
    stream: streamOf(bytes),
  });
  if (type === ARROW) return file("arrows", arrowStream(table.columns, table.chunks));
  return type === "text/csv" ? file("csv", encoded(csvOf(table))) : file("json", encoded(jsonOf(table)));
}

/** Taken as fast as it is read; whoever stops reading ends what writes. */
function streamOf(bytes: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await bytes.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => {
        await bytes.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

async function* csvOf({ columns, chunks }: TableChunks): AsyncGenerator<string> {
  yield csvHeader(columns);
  for await (const rows of chunks) yield csvLines({ columns, rows });
}

/** As previews answer it: `{"columns": […], "rows": [[…], …]}`. */
async function* jsonOf({ columns, chunks }: TableChunks): AsyncGenerator<string> {
  yield `{"columns":${JSON.stringify(columns)},"rows":[`;
  let first = true;
  for await (const rows of chunks) {
    if (rows.length === 0) continue;
    yield (first ? "\n" : ",\n") + rows.map((row) => JSON.stringify(row)).join(",\n");
    first = false;
  }
  yield "\n]}\n";
}

async function* encoded(texts: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}
