import type { AppendStep, DataFile, IngestResult } from "@/lib/engines/offline/port";
import { ERRORS, type ErrorCode, LarderError } from "@/lib/kernel/errors";
import { rowWarnings, sumUp } from "@/lib/kernel/row-problems";
import type { Column } from "@/lib/kernel/values";
import { describeFile, PARQUET, RESULT_PARQUET, verify } from "./append";
import { commitFile } from "./commit-file";
import { checkRepeated } from "./ingest-duplicates";
import { findIssues } from "./ingest-issues";
import { incoming, reading } from "./ingest-read";
import { CHECKED, GOOD, ruleProblems, STAGED } from "./ingest-rules";
import type { Operation } from "./protocol";
import type { Session } from "./session";
import { literal, quote, shapeColumns } from "./sql";

/** What an ingest answers inside the child; the paths are left to the parent. */
export type Ingested = Omit<IngestResult, "file" | "quarantine"> & {
  file: Omit<DataFile, "path"> | null;
  quarantine: { rowCount: number; byteCount: number } | null;
};

type Ingest = Extract<Operation, { kind: "ingest" }>;

/**
 * Checks the rows of an upload one by one and writes the good ones, sorted by keys and event time; of rows with equal
 * keys, event time and created time the last one. All of it is done by SQL that spills, whatever the size of the file.
 */
export async function ingest(
  session: Session,
  { request, destination, quarantine }: Ingest,
  step: (step: AppendStep) => Promise<void>,
): Promise<Ingested> {
  const columns = shapeColumns(request.shape);
  await stage(session, request, columns);
  await checkRepeated(session, request);
  const [sent = 0, rejected = 0] = (
    await session.row(`SELECT count(*) FILTER (NOT "larder.blank"), count("larder.problems") FROM ${CHECKED}`)
  ).map(Number);
  const { issues, counts } = await findIssues(session, columns, rejected);
  if (rejected > 0 && request.badRows === "refuse") {
    const code = issues[0]?.code ?? "";
    const detail = `${sumUp(sent, rejected, counts)}; nothing was written`;
    throw new LarderError(code in ERRORS ? (code as ErrorCode) : "validation_failed", detail, issues);
  }
  const accepted = sent - rejected;
  const aside = rejected > 0 ? await putAside(session, quarantine, columns, rejected) : null;
  const file = accepted > 0 ? await write(session, request, destination, step) : null;
  return {
    file,
    accepted,
    rejected,
    duplicates: accepted - (file?.rowCount ?? 0),
    issues,
    counts,
    warnings: await findWarnings(session, request.shape, accepted),
    quarantine: aside,
  };
}

async function stage(session: Session, request: Ingest["request"], columns: Column[]): Promise<void> {
  const read = await incoming(session, request.format, columns);
  const { checks, rowProblem, blank } = read;
  const layer = (name: string, value: (i: number) => string): string =>
    columns.map((_, i) => `${value(i)} AS ${name}${i}`).join(", ");
  const texts = layer("t", (i) => checks[i]?.text?.(`x${i}`) ?? `x${i}`);
  const values = layer("v", (i) => checks[i]?.value(`t${i}`) ?? "NULL");
  const problems = layer("p", (i) => {
    const own = checks[i]?.problem(`x${i}`, `t${i}`, `v${i}`) ?? "NULL";
    const rules = ruleProblems(request, columns[i] as Column, `x${i}`, `v${i}`);
    return rules.length === 0 ? own : `coalesce(${[own, ...rules].join(", ")})`;
  });
  const places = columns.map((_, i) => `p${i}`);
  const each = places.map((place, i) => `{'at': ${i}, 'code': ${place}}`);
  const found = `list_filter([${each.join(", ")}], lambda e: e.code IS NOT NULL)`;
  const whole = `[{'at': -1, 'code': row_problem}]`;
  const list =
    `CASE WHEN "larder.blank" THEN NULL WHEN row_problem IS NULL AND coalesce(${places.join(", ")}) IS NULL THEN NULL ` +
    // Of what is no object nothing more can be said.
    `WHEN row_problem IS NULL THEN ${found} WHEN row_problem = 'schema_mismatch' THEN ${whole} || ${found} ELSE ${whole} END`;
  // Whether a row repeats another is found out later, so then all are kept as they were sent.
  const keeps = request.duplicates === "reject" ? "true" : '"larder.problems" IS NOT NULL';
  const kept = request.badRows === "quarantine" ? `CASE WHEN ${keeps} THEN ${read.sent} END` : "NULL";
  const typed = columns.map(({ name }, i) => `v${i} AS ${quote(name)}`).join(", ");
  await reading(session, () =>
    session.run(
      `CREATE TABLE ${STAGED} AS SELECT ${typed}, "larder.blank", "larder.problems", CAST(${kept} AS VARCHAR) AS "larder.sent" FROM ` +
        `(SELECT *, ${list} AS "larder.problems" FROM ` +
        `(SELECT *, ${problems}, CAST(${rowProblem ?? "NULL"} AS VARCHAR) AS row_problem, ${blank ?? "false"} AS "larder.blank" FROM ` +
        `(SELECT *, ${values} FROM (SELECT *, ${texts} FROM (${read.from})))))`,
    ),
  );
}

async function write(
  session: Session,
  { shape }: Ingest["request"],
  destination: Ingest["destination"],
  step: (step: AppendStep) => Promise<void>,
): Promise<Omit<DataFile, "path">> {
  const columns = shapeColumns(shape);
  const list = columns.map(({ name }) => quote(name)).join(", ");
  const created = shape.createdTime === null ? [] : [quote(shape.createdTime)];
  const same = [...shape.keys.map(({ name }) => quote(name)), quote(shape.eventTime), ...created];
  // Of equal rows the last one comes first, and those after it have an equal neighbour before them.
  const sorted = `SELECT ${list} FROM ${CHECKED} WHERE ${GOOD} ORDER BY ${[...same, '"larder.row" DESC'].join(", ")}`;
  const again = same.map((name) => `${name} IS NOT DISTINCT FROM lag(${name}) OVER ()`).join(" AND ");
  const query = `SELECT ${list} FROM (SELECT *, (${again}) AS "larder.again" FROM (${sorted})) WHERE NOT "larder.again"`;
  let rowCount = 0;
  const written = await commitFile(destination, {
    write: async () => {
      const [count] = await session.row(`COPY (${query}) TO ${literal(destination.staging)} (${PARQUET})`);
      rowCount = Number(count);
    },
    verify: () => verify(session, destination.target, rowCount, columns),
    step,
  });
  return { ...written, rowCount, ...(await describeFile(session, destination.target, shape)) };
}

/** Writes the refused rows as a result file: row, reasons, and what was sent. */
async function putAside(
  session: Session,
  quarantine: Ingest["quarantine"],
  columns: Column[],
  rowCount: number,
): Promise<{ rowCount: number; byteCount: number }> {
  const names = `[${["", ...columns.map(({ name }) => name)].map(literal).join(", ")}]`;
  const reasons = `to_json(list_transform("larder.problems", lambda e: {'code': e.code, 'column': nullif(${names}[e.at + 2], '')}))`;
  const query = `SELECT "larder.row" + 1 AS "row", ${reasons} AS reasons, "larder.sent" AS sent FROM ${CHECKED} WHERE "larder.problems" IS NOT NULL ORDER BY "larder.row"`;
  const { byteCount } = await commitFile(quarantine, {
    write: () => session.run(`COPY (${query}) TO ${literal(quarantine.staging)} (${RESULT_PARQUET})`),
    verify: () => verify(session, quarantine.target, rowCount, ASIDE),
    step: async () => undefined,
  });
  return { rowCount, byteCount };
}

const ASIDE: Column[] = [
  { name: "row", type: "INT64" },
  { name: "reasons", type: "JSON" },
  { name: "sent", type: "STRING" },
];

async function findWarnings(session: Session, shape: Ingest["request"]["shape"], accepted: number): Promise<string[]> {
  if (accepted === 0) return [];
  const time = quote(shape.eventTime);
  const texts = shape.keys.filter(({ type }) => type === "STRING").map(({ name }) => quote(name));
  const composed = texts.map((name) => `nfc_normalize(${name}) <> ${name}`).join(" OR ") || "false";
  const [early = 0, other = 0] = (
    await session.row(
      `SELECT count(*) FILTER (${time} < TIMESTAMPTZ '1980-01-01 00:00:00+00'), count(*) FILTER (${composed}) FROM ${CHECKED} WHERE ${GOOD}`,
    )
  ).map(Number);
  return rowWarnings({ accepted, early, decomposed: other, eventTime: shape.eventTime });
}
