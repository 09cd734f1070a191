import { joinRow, rowSchema, toJson } from "@/lib/compute/online-row";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import { hasJsonSql, jsonSql } from "./json-sql";
import type { Operation } from "./protocol";
import { filesWithin } from "./prune";
import type { Session } from "./session";
import { historySql, latestSql, literal, ORDER, quote, withinSql } from "./sql";
import type { RowSink } from "./stream";
import { constant, parseJson, wireSql } from "./values";

type Request = Extract<Operation, { kind: "latestTexts" }>;

const CHUNK_ROWS = 4096;
const CHUNK_CHARS = 4_000_000;
/** Stands between the parts of a row that is put together here; JSON holds no control characters but line ends. */
const BETWEEN = "\u001f";
const TIME_LENGTH = "2001-01-31T08:15:00.000000Z".length;
const LETTER_Z = 90;
const HYPHEN = 45;
/** What fits into two and three digits of base 64. */
const SHORT = 64 ** 2;
const NARROW = 64 ** 3;
/** A sum that is made of sums is written out in full, so only so many are made in one step. */
const SUMS_A_STEP = 20;
/** Beyond it the pieces of a batch of rows take more memory than a small machine has. */
const MOST_BY_SQL = 100;

/**
 * Sends one row per key, in the order of the keys, as texts: lines of a key and its row, in turns. DuckDB writes them, so
 * that no value becomes an object; only documents (JSON) are read and written again.
 */
export async function latestTexts(session: Session, request: Request, sink: RowSink): Promise<void> {
  const { shape } = request.table;
  const complete = completing(shape.features);
  const result = await session.connection.stream(await textsSql(session, request));
  let lines: string[] = [];
  let chars = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const vector = chunk.getColumnVector(0);
    for (let i = 0; i < chunk.rowCount; i++) {
      const line = complete(String(vector.getItem(i)));
      lines.push(line);
      chars += line.length;
    }
    if (lines.length < CHUNK_ROWS && chars < CHUNK_CHARS) continue;
    await sink.text(lines.join("\n"));
    lines = [];
    chars = 0;
  }
  if (lines.length > 0) await sink.text(lines.join("\n"));
}

async function textsSql(session: Session, { table, range, after }: Request): Promise<string> {
  const { shape } = table;
  const files = range ? filesWithin(table.files, { from: range.start, before: range.end }) : table.files;
  const within = range ? withinSql(quote(shape.eventTime), range) : "true";
  const behind = after === null ? "true" : `${orderOfKeys(shape.keys)} > ${positionOf(shape.keys, after)}`;
  const condition = `${within} AND ${behind}`;
  const rows = latestSql(historySql(table, await session.scan(table, files)), shape, condition);
  const sorted =
    shape.keys.length === 0 ? rows : `SELECT * FROM (${rows}) ORDER BY ${orderTerms(shape.keys).join(", ")}`;
  const values = shape.features.map(({ name, type }, i) => `${valueSql(quote(name), type)} AS v${i}`);
  const list = [
    `${keySql(shape.keys)} AS row_key`,
    `${wireSql(quote(shape.eventTime), "TIMESTAMP")} AS happened`,
    `coalesce(${wireSql(quote(shape.createdTime ?? ORDER.created), "TIMESTAMP")}, '-') AS learned`,
    `CAST(${quote(ORDER.commit)} AS VARCHAR) AS seq`,
    `CAST(${quote(ORDER.place)} AS VARCHAR) AS place`,
    ...values,
  ];
  const from = `SELECT ${list.join(", ")} FROM (${sorted})`;
  return shape.features.length <= MOST_BY_SQL && shape.features.every(({ type }) => hasJsonSql(type))
    ? rowSql(shape.features, from)
    : `SELECT ${partsSql(shape.features)} FROM (${from})`;
}

function valueSql(x: string, type: string): string {
  if (hasJsonSql(type)) return jsonSql(x, type);
  const document = type === "JSON" ? `CAST(${x} AS VARCHAR)` : `CAST(to_json(${wireSql(x, type)}) AS VARCHAR)`;
  return `coalesce(${document}, 'null')`;
}

/** The order of LMDB: shorter texts come first. */
function orderTerms(keys: Column[]): string[] {
  return keys.flatMap(({ name, type }) =>
    type === "STRING" ? [`strlen(${quote(name)})`, quote(name)] : [quote(name)],
  );
}

function orderOfKeys(keys: Column[]): string {
  return `row(${orderTerms(keys).join(", ")})`;
}

function positionOf(keys: Column[], after: Value[]): string {
  const terms = keys.flatMap(({ type }, i) => {
    const value = constant(after[i] ?? null, type);
    return type === "STRING" ? [`strlen(${value})`, value] : [value];
  });
  return `row(${terms.join(", ")})`;
}

function keySql(keys: Column[]): string {
  const parts = keys.map(({ name, type }) => jsonSql(quote(name), type));
  return `concat('[', ${parts.map((part) => `${part}, `).join("',', ")}']')`;
}

function partsSql(features: Column[]): string {
  const parts = ["row_key", "happened", "learned", "seq", "place", ...features.map((_, i) => `v${i}`)];
  return `concat_ws(chr(31), ${parts.join(", ")})`;
}

/** A key and its row as `joinRow` writes it, on two lines; its parts where it is too long for three digits an end. */
function rowSql(features: Column[], from: string): string {
  const counted = (x: string): string => `chr(48 + CAST(strlen(${x}) AS INTEGER)), ${x}`;
  const digit = (end: string, place: number): string => `chr(CAST(48 + ((${end} >> ${6 * place}) & 63) AS INTEGER))`;
  // Most rows are short: the first digit of all their ends is 0, and is not worked out.
  const line = (isShort: boolean): string => {
    const digits = (end: string): string[] => [isShort ? "'0'" : digit(end, 2), digit(end, 1), digit(end, 0)];
    const pieces = [
      `row_key, chr(10), '1', happened, learned, ${counted("seq")}, ${counted("place")}`,
      literal(`${rowSchema(features).mark}3`),
      ...features.flatMap((_, i) => digits(`e${i}`)),
      ...features.map((_, i) => `v${i}`),
    ];
    return `concat(${pieces.join(", ")})`;
  };
  if (features.length === 0) return `SELECT ${line(true)} FROM (${from})`;
  let sums = from;
  for (let first = 0; first < features.length; first += SUMS_A_STEP) {
    const step = features.slice(first, first + SUMS_A_STEP).map((_, i) => {
      const own = Array.from({ length: i + 1 }, (_, j) => `strlen(v${first + j})`).join(" + ");
      return `, ${first === 0 ? "" : `e${first - 1} + `}${own} AS e${first + i}`;
    });
    sums = `SELECT *${step.join("")} FROM (${sums})`;
  }
  const last = `e${features.length - 1}`;
  return (
    `SELECT CASE WHEN ${last} < ${SHORT} THEN ${line(true)} WHEN ${last} < ${NARROW} THEN ${line(false)} ` +
    `ELSE ${partsSql(features)} END FROM (${sums})`
  );
}

/** Instants outside of the years 1 to 9999 are longer or shorter than others. */
function checked(line: string): string {
  const at = line.indexOf("\n") + 2;
  const known = at + TIME_LENGTH;
  const isInstant = line.charCodeAt(known - 1) === LETTER_Z;
  if (!isInstant || (line.charCodeAt(known) !== HYPHEN && line.charCodeAt(known + TIME_LENGTH - 1) !== LETTER_Z))
    throw new LarderError("invalid_timestamp", "a row has a time outside of the years 1 to 9999");
  return line;
}

/** Puts a row together that came as its parts; of those, documents are not yet as `toJson` writes them. */
function completing(features: Column[]): (line: string) => string {
  const schema = rowSchema(features);
  const written = features.map(({ type }) => {
    if (hasJsonSql(type)) return (text: string): string => text;
    if (type === "JSON") return (text: string): string => toJson(parseJson(text));
    return (text: string): string => toJson(documentsOf(JSON.parse(text) as (string | null)[] | null));
  });
  return (line) => {
    if (!line.includes(BETWEEN)) return checked(line);
    const [key = "", eventTime = "", known = "", commit = "", place = "", ...values] = line.split(BETWEEN);
    const order = {
      eventTime,
      createdTime: known === "-" ? null : known,
      commitSequence: Number(commit),
      rowNumber: Number(place),
    };
    return `${key}\n${joinRow(
      schema,
      order,
      values.map((text, i) => written[i]?.(text) ?? text),
    )}`;
  };
}

function documentsOf(texts: (string | null)[] | null): Value {
  return texts === null ? null : texts.map((text) => (text === null ? null : parseJson(text)));
}
