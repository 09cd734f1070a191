import { join } from "node:path";
import type { AsOfRequest, AsOfResult } from "@/lib/engines/offline/port";
import { type ErrorCode, type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import type { Instant } from "@/lib/kernel/time";
import type { Column } from "@/lib/kernel/values";
import { RESULT_PARQUET, userColumns, verify } from "./append";
import { findCandidates } from "./as-of-candidates";
import { shapeResult } from "./as-of-shape";
import type { LoadedSpine } from "./as-of-sql";
import { castPlan, duckType, keyPlan, larderType, normalised } from "./column-types";
import { commitFile } from "./commit-file";
import { userSqlError } from "./failure";
import { countNulls, nullsInFile } from "./null-counts";
import type { Operation } from "./protocol";
import type { DuckColumn, Session } from "./session";
import { literal, quote } from "./sql";
import type { RowSink } from "./stream";
import { wireSql } from "./values";

const SPINE = "larder_spine";
const REPORTED_ROWS = 100;

/** Runs a point-in-time join inside the child; rows go to `sink` or into the file at the destination. */
export async function asOf(
  session: Session,
  operation: Extract<Operation, { kind: "asOf" }>,
  sink: RowSink,
): Promise<Omit<AsOfResult, "rows" | "file"> & { written: { byteCount: number; sha256: string } | null }> {
  const { request, destination } = operation;
  const spineColumns = await loadSpine(session, request);
  requireDistinctNames(spineColumns, request);
  const { spine, rowCount } = await checkSpine(session, request, spineColumns);
  const { candidates, scanned } = await findCandidates(session, request, spine, rowCount);
  const { query, columns, counts } = await shapeResult(session, request, spine, { candidates, rowCount });
  if (!destination) {
    const limit = request.output.kind === "rows" ? request.output.limit : undefined;
    if (limit === undefined)
      return { columns, ...counts, scanned, nullCounts: await sink.send(session, query, columns), written: null };
    await sink.send(session, `SELECT * FROM (${query}) LIMIT ${Math.max(0, Math.trunc(limit))}`, columns);
    const names = columns.map((column) => column.name);
    return { columns, ...counts, scanned, nullCounts: await countNulls(session, names, `(${query})`), written: null };
  }
  const written = await commitFile(destination, {
    write: () => session.run(`COPY (${query}) TO ${literal(destination.staging)} (${RESULT_PARQUET})`),
    verify: () => verify(session, destination.target, counts.rowCount, columns),
    step: sink.step,
  });
  const names = columns.map((column) => column.name);
  const nullCounts = await nullsInFile(session, names, destination.target);
  return { columns, ...counts, scanned, nullCounts, written };
}

async function loadSpine(session: Session, { spine, timestampColumn }: AsOfRequest): Promise<DuckColumn[]> {
  if (spine.kind === "rows") {
    if (spine.columns.length === 0 || spine.rows.length === 0)
      throw new LarderError("empty_spine", "The spine has no rows");
    requireUnique(spine.columns.map((column) => column.name));
    await session.load(SPINE, spine.columns, spine.rows);
    return spine.columns.map((column) => ({ name: column.name, duck: duckType(column.type) }));
  }
  const sql =
    spine.kind === "file"
      ? `SELECT * FROM read_parquet(${literal(join(session.settings.root, spine.path))})`
      : await session.prepare(spine.query);
  const found = await userColumns(session, sql);
  requireUnique(found.map((column) => column.name));
  // A date is the midnight that starts it, as in parseInstant.
  const instant = ({ name, duck }: DuckColumn): string =>
    name === timestampColumn && duck === "DATE"
      ? `make_timestamptz(epoch_us(CAST(${quote(name)} AS TIMESTAMP)))`
      : normalised(quote(name), duck);
  try {
    await session.run(
      `CREATE TABLE ${SPINE} AS SELECT ${found.map((column) => `${instant(column)} AS ${quote(column.name)}`).join(", ")} FROM (${sql}\n)`,
    );
  } catch (error) {
    throw userSqlError(error, session.redact);
  }
  return session.columns(`SELECT * FROM ${SPINE}`);
}

function collision(detail: string): LarderError {
  return new LarderError("feature_name_collision", detail, [{ code: "feature_name_collision", detail }]);
}

function requireUnique(names: string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) throw collision(`The spine has two columns named ${name}`);
    seen.add(name.toLowerCase());
  }
}

// DuckDB compares column names without case, so two names that differ in case only would be one column.
function requireDistinctNames(spine: DuckColumn[], { joins, split, onDemand }: AsOfRequest): void {
  const owners = new Map(spine.map((column) => [column.name.toLowerCase(), `spine column ${column.name}`]));
  const taken = split && owners.get(split.column.toLowerCase());
  if (taken) throw collision(`The column of the split and ${taken} would both be named ${split.column}`);
  if (split) owners.set(split.column.toLowerCase(), "the column of the split");
  joins.forEach((join, j) => {
    for (const { name, as } of join.features) {
      const owner = owners.get(as.toLowerCase());
      if (owner) throw collision(`Feature ${name} of join ${j + 1} and ${owner} would both be named ${as}`);
      owners.set(as.toLowerCase(), `feature ${name} of join ${j + 1}`);
    }
  });
  for (const name of Object.keys(onDemand?.columns ?? {})) {
    const owner = owners.get(name.toLowerCase());
    if (owner) throw collision(`On-demand feature ${name} and ${owner} would both be named ${name}`);
  }
}

/** A condition that no spine row may meet, and what it means if one does. */
type Check = { condition: string; code: ErrorCode; detail: string };

async function checkSpine(
  session: Session,
  request: AsOfRequest,
  found: DuckColumn[],
): Promise<{ spine: LoadedSpine; rowCount: number }> {
  const time = found.find((column) => column.name === request.timestampColumn);
  const names = found.map((column) => column.name).join(", ");
  if (!time)
    throw new LarderError("missing_timestamp", `The spine has no column ${request.timestampColumn}; it has ${names}`);
  if (!time.duck.startsWith("TIMESTAMP"))
    throw new LarderError("invalid_timestamp", `${time.name} is ${larderType(time.duck)}, not TIMESTAMP`);
  const timestamp = `s.${quote(time.name)}`;
  const checks: Check[] = [
    {
      condition: `${timestamp} IS NULL OR NOT isfinite(${timestamp})`,
      code: "invalid_timestamp",
      detail: `${time.name} is not an instant`,
    },
  ];
  const keys = request.joins.map((join) => {
    const expressions: Record<string, string> = {};
    for (const key of join.table.shape.keys) {
      const column = join.keyColumns[key.name] ?? key.name;
      const have = found.find((one) => one.name === column);
      if (!have)
        throw new LarderError(
          "missing_key_column",
          `The spine has no column ${column} for key ${key.name}; it has ${names}`,
        );
      const plan = keyPlan(have.duck, key.type);
      const mismatch = `Column ${column} is ${larderType(have.duck)} but key ${key.name} is ${key.type}`;
      if (!plan) throw new LarderError("key_type_mismatch", mismatch);
      const x = `s.${quote(column)}`;
      if (plan.lossy)
        checks.push({
          condition: plan.lossy(x),
          code: "key_type_mismatch",
          detail: `${mismatch}, which cannot hold the value`,
        });
      if (request.nullKeys === "refuse")
        checks.push({ condition: `${x} IS NULL`, code: "null_key", detail: `Key column ${column} is null` });
      expressions[key.name] = plan.expression(x);
    }
    return expressions;
  });
  checks.push(...requestDataChecks(request, found));
  const counts = checks.map(({ condition }) => `count(*) FILTER (${condition})`);
  const range = (name: string): string => wireSql(`${name}(${timestamp})`, "TIMESTAMP");
  const [rowCount, min, max, ...bad] = await session.row(
    `SELECT count(*), ${range("min")}, ${range("max")}, ${counts.join(", ")} FROM ${SPINE} s`,
  );
  if (Number(rowCount) === 0) throw new LarderError("empty_spine", "The spine has no rows");
  const failed = checks.findIndex((_, i) => Number(bad[i]) > 0);
  if (failed >= 0) throw await rowsError(session, checks[failed] as Check, Number(bad[failed]));
  const columns = found.map(({ name, duck }): Column => ({ name, type: larderType(duck) }));
  return {
    spine: { table: SPINE, columns, timestamp: time.name, keys, min: min as Instant, max: max as Instant },
    rowCount: Number(rowCount),
  };
}

/** Request data must be there, and be what it says without loss; a null is one. */
function requestDataChecks({ onDemand }: AsOfRequest, found: DuckColumn[]): Check[] {
  return (onDemand?.requestData ?? []).flatMap(({ name, type }): Check[] => {
    const have = found.find((column) => column.name === name);
    const names = found.map((column) => column.name).join(", ");
    if (!have)
      throw new LarderError("missing_request_data", `The spine has no column ${name} of request data; it has ${names}`);
    const plan = castPlan(have.duck, type);
    const detail = `Request data ${name} is ${larderType(have.duck)}, not ${type}`;
    if (!plan) throw new LarderError("invalid_type", detail);
    return plan.lossy ? [{ condition: plan.lossy(`s.${quote(name)}`), code: "invalid_type", detail }] : [];
  });
}

async function rowsError(session: Session, { condition, code, detail }: Check, count: number): Promise<LarderError> {
  const rows = await session.rows(
    `SELECT rowid + 1 FROM ${SPINE} s WHERE ${condition} ORDER BY rowid LIMIT ${REPORTED_ROWS}`,
  );
  const issues = rows.map(([row]): ErrorIssue => ({ code, detail, row: Number(row) }));
  const shown = issues.slice(0, 10).map((issue) => issue.row);
  const more = count > shown.length ? " …" : "";
  return new LarderError(
    code,
    `${detail} in ${count} ${count === 1 ? "row" : "rows"}: ${shown.join(", ")}${more}`,
    issues,
  );
}
