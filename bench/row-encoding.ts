// How an online row may be written: bytes, and the time to write it, to answer with 10 of its 20 features, to read all of them.
// node --import tsx bench/row-encoding.ts [--vector=384]
import { deserialize, serialize } from "node:v8";
import { Packr } from "msgpackr";
import { encodeRow, jsonAt, openRow, rowSchema, valuesOf } from "@/lib/compute/online-row";
import type { Value } from "@/lib/kernel/values";

type Candidate = {
  name: string;
  encode(values: Value[]): string | Buffer;
  /** The JSON of an answer with the features at these places. */
  answer(row: string | Buffer, wanted: readonly number[]): string;
  decode(row: string | Buffer): Value[];
};

/** int: 32 bits. long: a whole number as text. Every kind but text and vector has a slot of fixed width. */
type Kind = "int" | "long" | "double" | "boolean" | "text" | "time" | "vector";

const ORDER = {
  eventTime: "2001-01-31T08:15:00.123456Z",
  createdTime: null,
  commitSequence: 12_345,
  rowNumber: 678_901,
};
const NUMBERS: Kind[] = [
  "int",
  "int",
  "int",
  "int",
  "int",
  "long",
  "double",
  "double",
  "double",
  "double",
  "double",
  "double",
];
const KINDS: Kind[] = [...NUMBERS, "boolean", "text", "text", "text", "text", "time", "vector", "double"];
const WANTED = [0, 2, 4, 6, 8, 10, 13, 15, 17, 18];
const VECTOR = Number(process.argv.find((argument) => argument.startsWith("--vector="))?.slice(9) ?? 8);
const ROWS = 512;
const ROUND_MS = 120;
const ROUNDS = 10;

const names = KINDS.map((_, index) => `feature_${index}`);
const schema = rowSchema(KINDS.map((kind, index) => ({ name: names[index] ?? "", type: kind })));
const heads = names.map((name) => `${JSON.stringify(name)}:`);

function sample(kind: Kind, seed: number, index: number): Value {
  const part = ((seed * 2_654_435_761 + index * 40_503) >>> 0) / 2 ** 32;
  if (kind === "int") return Math.floor(part * 100_000);
  if (kind === "long") return `90071992547${Math.floor(part * 1e8)}`;
  if (kind === "double") return index % 2 ? Math.round(part * 10_000) / 100 : part;
  if (kind === "boolean") return part > 0.5;
  if (kind === "time") return `2001-01-${10 + Math.floor(part * 20)}T08:15:00.123456Z`;
  if (kind === "vector") return Array.from({ length: VECTOR }, (_, at) => Math.fround(Math.sin(seed + at)));
  return ["Zürich", "frequent flyer", "A320", `customer ${seed}`][index % 4] ?? "";
}

function answerOf(values: readonly Value[], wanted: readonly number[]): string {
  return `{${wanted.map((index) => `${heads[index]}${JSON.stringify(values[index])}`).join(",")}}`;
}

const header = [ORDER.eventTime, ORDER.createdTime, ORDER.commitSequence, ORDER.rowNumber];
const packr = new Packr({ useRecords: false });

const jsonArray: Candidate = {
  name: "JSON array",
  encode: (values) => JSON.stringify([...header, values]),
  answer: (row, wanted) => answerOf(jsonArray.decode(row), wanted),
  decode: (row) => JSON.parse(row as string)[4] as Value[],
};

const messagePack: Candidate = {
  name: "MessagePack (msgpackr)",
  encode: (values) => Buffer.from(packr.pack([...header, values])),
  answer: (row, wanted) => answerOf(messagePack.decode(row), wanted),
  decode: (row) => packr.unpack(row as Buffer)[4] as Value[],
};

const v8: Candidate = {
  name: "v8.serialize",
  encode: (values) => serialize([...header, values]),
  answer: (row, wanted) => answerOf(v8.decode(row), wanted),
  decode: (row) => (deserialize(row as Buffer) as Value[])[4] as Value[],
};

/** A bit per null is left out here, and so is whatever tells one version from another: the best case of its kind. */
const typed: Candidate = {
  name: "typed binary, fixed slots",
  encode: (values) => {
    const tail: Buffer[] = [];
    const slots = Buffer.alloc(HEADER_BYTES + SLOT_BYTES);
    slots.writeBigInt64LE(micros(ORDER.eventTime), 0);
    slots.writeBigInt64LE(-1n, 8);
    slots.writeDoubleLE(ORDER.commitSequence, 16);
    slots.writeDoubleLE(ORDER.rowNumber, 24);
    let end = 0;
    for (const [index, kind] of KINDS.entries()) {
      const at = HEADER_BYTES + (SLOTS[index] ?? 0);
      const value = values[index] ?? null;
      if (kind === "int") slots.writeInt32LE(value as number, at);
      else if (kind === "double") slots.writeDoubleLE(value as number, at);
      else if (kind === "long") slots.writeBigInt64LE(BigInt(value as string), at);
      else if (kind === "time") slots.writeBigInt64LE(micros(value as string), at);
      else if (kind === "boolean") slots.writeUInt8(value ? 1 : 0, at);
      else {
        const bytes =
          kind === "text" ? Buffer.from(value as string) : Buffer.from(Float32Array.from(value as number[]).buffer);
        tail.push(bytes);
        end += bytes.length;
        slots.writeUInt32LE(end, at);
      }
    }
    return Buffer.concat([slots, ...tail]);
  },
  answer: (row, wanted) =>
    `{${wanted.map((index) => `${heads[index]}${JSON.stringify(typedValue(row as Buffer, index))}`).join(",")}}`,
  decode: (row) => KINDS.map((_, index) => typedValue(row as Buffer, index)),
};

const ours: Candidate = {
  name: "indexed text (ours)",
  encode: (values) => encodeRow(schema, ORDER, values),
  answer: (row, wanted) => {
    const open = openRow(schema, row as string);
    let text = "";
    for (const index of wanted) text += `${text ? "," : "{"}${heads[index]}${jsonAt(open, index)}`;
    return `${text}}`;
  },
  decode: (row) => valuesOf(schema, row as string),
};

const HEADER_BYTES = 32;
const WIDTHS: Record<Kind, number> = { int: 4, long: 8, double: 8, boolean: 1, text: 4, time: 8, vector: 4 };
const SLOTS = KINDS.map((_, index) => KINDS.slice(0, index).reduce((sum, kind) => sum + WIDTHS[kind], 0));
const SLOT_BYTES = KINDS.reduce((sum, kind) => sum + WIDTHS[kind], 0);
/** Of each value with an end, the place of the slot before it that has one; -1 for none. */
const BEFORE = KINDS.map((_, index) =>
  KINDS.slice(0, index).findLastIndex((kind) => kind === "text" || kind === "vector"),
);

function typedValue(row: Buffer, index: number): Value {
  const kind = KINDS[index];
  const at = HEADER_BYTES + (SLOTS[index] ?? 0);
  if (kind === "int") return row.readInt32LE(at);
  if (kind === "double") return row.readDoubleLE(at);
  if (kind === "long") return String(row.readBigInt64LE(at));
  if (kind === "time") return instant(row.readBigInt64LE(at));
  if (kind === "boolean") return row[at] === 1;
  const before = BEFORE[index] ?? -1;
  const tail = HEADER_BYTES + SLOT_BYTES;
  const from = tail + (before < 0 ? 0 : row.readUInt32LE(HEADER_BYTES + (SLOTS[before] ?? 0)));
  const to = tail + row.readUInt32LE(at);
  if (kind === "text") return row.toString("utf8", from, to);
  return Array.from({ length: (to - from) / 4 }, (_, place) => row.readFloatLE(from + 4 * place));
}

function micros(text: string): bigint {
  return BigInt(Date.parse(`${text.slice(0, 23)}Z`)) * 1_000n + BigInt(text.slice(23, 26));
}

function instant(value: bigint): string {
  const text = new Date(Number(value / 1_000n)).toISOString();
  return `${text.slice(0, 23)}${String(value % 1_000n).padStart(3, "0")}Z`;
}

/** Nanoseconds of processor time of one call, in the best of some rounds: other work on the machine only ever adds. */
function time(work: (index: number) => unknown): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    const end = performance.now() + ROUND_MS;
    let calls = 0;
    while (performance.now() < end) for (let i = 0; i < ROWS; i += 1, calls += 1) kept = work(i);
    return (process.cpuUsage(before).user * 1_000) / calls;
  });
  return Math.round(Math.min(...rounds));
}

/** So that no work is found to be useless. */
let kept: unknown;

const rows = Array.from({ length: ROWS }, (_, seed) => KINDS.map((kind, index) => sample(kind, seed, index)));
const results = [jsonArray, messagePack, v8, typed, ours].map((candidate) => {
  const encoded = rows.map((values) => candidate.encode(values));
  for (const [index, row] of encoded.entries()) {
    const expected = JSON.stringify(rows[index]);
    if (JSON.stringify(candidate.decode(row)) !== expected) throw new Error(`${candidate.name} changes values`);
    const answer = JSON.parse(candidate.answer(row, WANTED)) as Record<string, Value>;
    if (
      JSON.stringify(WANTED.map((place) => answer[names[place] ?? ""])) !==
      JSON.stringify(WANTED.map((place) => rows[index]?.[place]))
    )
      throw new Error(`${candidate.name} answers wrongly`);
  }
  const bytes = encoded.reduce((sum, row) => sum + Buffer.byteLength(row), 0) / ROWS;
  // A store hands out bytes; a text has to be made of them first.
  const stored = encoded.map((row) => Buffer.from(row as string));
  const isText = typeof encoded[0] === "string";
  const fetched = (index: number): string | Buffer =>
    isText ? (stored[index]?.toString("latin1") ?? "") : (stored[index] ?? "");
  return {
    encoding: candidate.name,
    "bytes per row": Math.round(bytes),
    "write, ns": time((index) => candidate.encode(rows[index] ?? [])),
    "10 of 20 into an answer, ns": time((index) => candidate.answer(fetched(index), WANTED)),
    "read all, ns": time((index) => candidate.decode(fetched(index))),
  };
});
if (kept === undefined) throw new Error("nothing was measured");
console.table(results);
