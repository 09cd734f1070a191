import {
  type DataType as ArrowType,
  AsyncByteQueue,
  Binary,
  Bool,
  type Data,
  DateDay,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { type DataType, parseDataType } from "@/lib/kernel/data-types";
import type { Column, Value } from "@/lib/kernel/values";

/**
 * A table as an Arrow IPC stream, one record batch for each chunk. Integers, floats, truth, text, bytes, dates and instants
 * (microseconds, UTC) are Arrow's own; a vector is a FixedSizeList, an array a List. DECIMAL and JSON are text, because only
 * that is exact everywhere; `larder.type` in each field's metadata says what they are.
 */
export async function* arrowStream(columns: Column[], chunks: AsyncIterable<Value[][]>): AsyncGenerator<Uint8Array> {
  const schema = new Schema(
    columns.map(({ name, type }) => new Field(name, arrowType(type), true, new Map([["larder.type", type]]))),
  );
  // The writer pushes into a queue; taken out after every batch, it never holds more than one.
  const pending: Uint8Array[] = [];
  const queue = new AsyncByteQueue();
  queue.write = (bytes) => {
    pending.push(bytes as Uint8Array);
    return true;
  };
  const writer = new RecordBatchStreamWriter({ autoDestroy: false });
  writer.reset(queue, schema);
  for await (const rows of chunks) {
    if (rows.length > 0) writer.write(batchOf(schema, columns, rows));
    yield* pending.splice(0);
  }
  writer.finish();
  yield* pending.splice(0);
}

function batchOf(schema: Schema, columns: Column[], rows: Value[][]): RecordBatch {
  const children = columns.map(({ type }, at) =>
    dataOf(
      type,
      rows.map((row) => row[at] ?? null),
    ),
  );
  const struct = makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children });
  return new RecordBatch(schema, struct);
}

/** The values of a column as Arrow holds them. */
function dataOf(text: string, values: Value[]): Data {
  const type = parseDataType(text);
  if (!type || type.length === null) return scalarData(type?.kind ?? "STRING", values);
  const lists = values.map((value) => (Array.isArray(value) ? value : null));
  const { length } = type;
  const element = { ...type, length: null };
  const nulls = bitmapOf(lists);
  if (length > 0) {
    const flat = lists.flatMap((list) => list ?? Array.from({ length }, () => null));
    const child = scalarData(element.kind, flat);
    return makeData({ type: arrowType(text) as FixedSizeList, length: lists.length, ...nulls, child });
  }
  const valueOffsets = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => {
    valueOffsets[i + 1] = (valueOffsets[i] ?? 0) + (list?.length ?? 0);
  });
  const child = scalarData(
    element.kind,
    lists.flatMap((list) => list ?? []),
  );
  return makeData({ type: arrowType(text) as List, length: lists.length, ...nulls, valueOffsets, child });
}

function bitmapOf(values: readonly unknown[]): { nullCount: number; nullBitmap: Uint8Array } {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 64) * 8);
  let nullCount = 0;
  values.forEach((value, i) => {
    if (value === null) nullCount += 1;
    else nullBitmap[i >> 3] = (nullBitmap[i >> 3] ?? 0) | (1 << (i & 7));
  });
  return { nullCount, nullBitmap };
}

function scalarData(kind: DataType["kind"], values: Value[]): Data {
  const common = { length: values.length, ...bitmapOf(values) };
  // What is no finite number travels as text.
  const numbers = (): number[] => values.map((value) => (value === null ? 0 : Number(value)));
  switch (kind) {
    case "INT32":
      return makeData({ type: new Int32(), ...common, data: Int32Array.from(numbers()) });
    case "FLOAT32":
      return makeData({ type: new Float32(), ...common, data: Float32Array.from(numbers()) });
    case "FLOAT64":
      return makeData({ type: new Float64(), ...common, data: Float64Array.from(numbers()) });
    case "INT64": {
      const data = BigInt64Array.from(values, (value) => (value === null ? 0n : BigInt(value as number | string)));
      return makeData({ type: new Int64(), ...common, data });
    }
    case "TIMESTAMP": {
      const data = BigInt64Array.from(values, (value) => (value === null ? 0n : microsOf(String(value))));
      return makeData({ type: new TimestampMicrosecond("UTC"), ...common, data });
    }
    case "DATE": {
      const data = Int32Array.from(values, (value) => (value === null ? 0 : daysOf(String(value))));
      return makeData({ type: new DateDay(), ...common, data });
    }
    case "BOOL":
      return built(values, new Bool());
    case "BYTES":
      return built(
        values.map((value) => (value === null ? null : Buffer.from(String(value), "base64"))),
        new Binary(),
      );
    default:
      return built(
        values.map((value) => (value === null ? null : plain(value))),
        new Utf8(),
      );
  }
}

function built(values: unknown[], type: Bool | Binary | Utf8): Data {
  const [data] = vectorFromArray(values, type).data;
  return data ?? makeData({ type, length: 0, nullCount: 0 });
}

/** The Arrow type of a data type. */
export function arrowType(text: string): ArrowType {
  const type = parseDataType(text);
  if (!type) return new Utf8();
  const element = scalarType(type);
  if (type.length === null) return element;
  const item = new Field("item", element, true);
  return type.length === 0 ? new List(item) : new FixedSizeList(type.length, item);
}

function scalarType({ kind }: DataType): ArrowType {
  switch (kind) {
    case "INT32":
      return new Int32();
    case "INT64":
      return new Int64();
    case "FLOAT32":
      return new Float32();
    case "FLOAT64":
      return new Float64();
    case "BOOL":
      return new Bool();
    case "TIMESTAMP":
      return new TimestampMicrosecond("UTC");
    case "DATE":
      return new DateDay();
    case "BYTES":
      return new Binary();
    default:
      return new Utf8();
  }
}

/** Text as it is, anything else as JSON. */
function plain(value: Value): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function microsOf(instant: string): bigint {
  return BigInt(Date.parse(`${instant.slice(0, 19)}Z`)) * 1000n + BigInt(instant.slice(20, 26));
}

function daysOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}
