import { authorize, may } from "@/lib/access/authorize";
import type { Input, Query, Spine, WorkOptions } from "@/lib/engines/offline/port";
import type { Actor } from "@/lib/kernel/actor";
import { LarderError } from "@/lib/kernel/errors";
import { requireInstant } from "@/lib/kernel/time";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { ViewSpine } from "@/lib/registry/definition-schema";
import { loadRelations, personalNames } from "@/lib/registry/personal-names";
import { requireReadable } from "@/lib/registry/readable";
import { findSnapshot } from "./find-snapshot";
import { loadInputs } from "./load-inputs";
import { loadTable, requireGroup } from "./load-table";
import { typeRequestData } from "./on-demand";
import { findTimestampColumn, typeSpine } from "./spine";
import type { Manifest, PreviewRetrieval, TrainingSetSpine } from "./training-schema";

/** A retrieval whose spine is there, with its timestamp column and label. */
export type SettledRetrieval = PreviewRetrieval & {
  spine: TrainingSetSpine;
  timestampColumn: string;
  /** Columns of `spine.rows` in their order: the database keeps objects without it. */
  spineColumns?: string[];
};

/** A spine as the engine reads it, its columns, and what it was read from. */
export type SpineSource = {
  spine: Exclude<Spine, { kind: "file" }>;
  columns: Column[];
  inputs: Record<string, string>;
  group: NonNullable<Manifest["spine"]["group"]> | null;
};

/** How many rows of SQL are used when nobody says. */
const SQL_ROWS = 100_000;
const UPLOADED = "uploaded_rows";
const GROUP_ROWS = "spine_rows";

/** Settles what the rows are joined to: the spine given, or the one that the view offers. Throws `empty_spine`, `missing_timestamp`, `feature_view_not_found`. */
export async function settleSpine(ctx: Context, input: PreviewRetrieval): Promise<SettledRetrieval> {
  if (!input.spine) return settleOffered(ctx, input);
  const { spine } = input;
  const kinds = Object.values(spine).filter((value) => value !== undefined).length;
  if (kinds !== 1)
    throw new LarderError("validation_failed", "Give the spine as exactly one of rows, sql, upload and group");
  const timestampColumn = await timestampOf(ctx, spine, input.timestampColumn);
  return { ...input, spine, timestampColumn };
}

/** Which column of a spine holds the instant, unless one is named. */
export async function timestampOf(ctx: Context, spine: TrainingSetSpine, named: string | undefined): Promise<string> {
  if (spine.rows) return findTimestampColumn(spine.rows, named);
  if (spine.group) {
    const { eventTime } = await requireGroup(ctx, { name: spine.group.name });
    if (named !== undefined && named !== eventTime)
      throw new LarderError("missing_timestamp", `The event time of ${spine.group.name} is ${eventTime}, not ${named}`);
    return eventTime;
  }
  if (named !== undefined || spine.sql) return named ?? "event_timestamp";
  const columns = await columnsOf(ctx, { sql: `SELECT * FROM ${UPLOADED}`, inputs: [uploadInput(ctx, spine)] });
  if (columns.some((column) => column.name === "event_timestamp")) return "event_timestamp";
  const instants = columns.filter((column) => column.type === "TIMESTAMP" || column.type === "DATE");
  if (instants.length === 1 && instants[0]) return instants[0].name;
  const names = instants.map((column) => column.name);
  const why = names.length > 1 ? `${names.join(" and ")} could both be it` : "no column holds instants";
  throw new LarderError(
    "missing_timestamp",
    `The file has no column event_timestamp and ${why}; name one with timestampColumn`,
  );
}

async function settleOffered(ctx: Context, input: PreviewRetrieval): Promise<SettledRetrieval> {
  const view = input.view
    ? await ctx.db.featureView.findFirst({ where: { projectId: ctx.project.id, name: input.view, latest: true } })
    : null;
  if (input.view && !view)
    throw new LarderError(
      "feature_view_not_found",
      `There is no feature view ${input.view} in project ${ctx.project.name}`,
    );
  const offered = view?.spine as ViewSpine | null | undefined;
  if (!offered)
    throw new LarderError(
      "empty_spine",
      "Give a spine (rows, sql, upload or group); no view was named that offers one",
    );
  return {
    ...input,
    spine: { sql: offered.sql },
    timestampColumn: input.timestampColumn ?? offered.timestampColumn,
    label: input.label ?? offered.label,
  };
}

/**
 * Opens a settled spine for the engine, at most `rows` rows of it, evenly spread; without `rows` as many as the request
 * says, or the `whole` of it. `keys` are the key columns it is for. Nothing is run but DESCRIBE. Throws what typing rows, describing SQL and
 * reading the inputs throw, and `forbidden` for what the actor may not read.
 */
export async function openSpine(
  ctx: Context,
  settled: Pick<
    SettledRetrieval,
    "spine" | "timestampColumn" | "nullKeys" | "rowLimit" | "label" | "snapshot" | "spineColumns"
  >,
  keys: Column[],
  options: WorkOptions & {
    rows?: number;
    whole?: boolean;
    fingerprints?: boolean;
    requestData?: readonly Column[] | undefined;
  } = {},
): Promise<SpineSource> {
  const { spine, timestampColumn, nullKeys } = settled;
  if (spine.rows) {
    const limit = options.rows ?? settled.rowLimit ?? spine.rows.length;
    const names = settled.spineColumns;
    const rows = spread(spine.rows, limit).map((row) =>
      names ? Object.fromEntries(names.map((name) => [name, row[name] ?? null])) : row,
    );
    const typed = typeRequestData(typeSpine(rows, { timestampColumn, keys, nullKeys }), options.requestData);
    return { spine: { kind: "rows", ...typed }, columns: typed.columns, inputs: {}, group: null };
  }
  const read = await readerOf(ctx, settled, keys, options);
  const columns = await columnsOf(ctx, read.query, options);
  const limit = options.whole ? null : (options.rows ?? settled.rowLimit ?? (spine.sql ? SQL_ROWS : null));
  const query =
    limit === null ? read.query : spine.sql ? sampled(read.query, timestampColumn, limit) : thinned(read.query, limit);
  return { spine: { kind: "query", query }, columns, inputs: read.fingerprints, group: read.group };
}

type Reader = { query: Query; fingerprints: Record<string, string>; group: SpineSource["group"] };

function readerOf(
  ctx: Context,
  settled: Parameters<typeof openSpine>[1],
  keys: Column[],
  options: WorkOptions & { fingerprints?: boolean; whole?: boolean },
): Promise<Reader> {
  const { spine } = settled;
  if (spine.group) return readGroup(ctx, { ...settled, group: spine.group }, options.whole === true);
  if (spine.upload) return readUpload(ctx, { ...settled, upload: spine.upload }, keys, options);
  return readSql(ctx, spine.sql ?? "", options);
}

async function readSql(ctx: Context, sql: string, options: WorkOptions & { fingerprints?: boolean }): Promise<Reader> {
  const { names } = await ctx.offline.describe({ sql, inputs: [] }, workOf(options));
  const { inputs, fingerprints } = await loadInputs(ctx, names, { ...options, retired: "hide" });
  return { query: { sql, inputs }, fingerprints, group: null };
}

function uploadInput(ctx: Context, { upload = "" }: TrainingSetSpine): Extract<Input, { kind: "files" }> {
  const format = upload.endsWith(".csv") ? "csv" : upload.endsWith(".json") ? "json" : "parquet";
  const path = `upload:${ctx.project.id}/${upload.slice("upload:".length)}`;
  return { name: UPLOADED, kind: "files", format, paths: [path] };
}

async function readUpload(
  ctx: Context,
  { upload, timestampColumn }: { upload: string; timestampColumn: string },
  keys: Column[],
  options: { fingerprints?: boolean },
): Promise<Reader> {
  const sources = await requireOpenUpload(ctx, upload);
  const found = uploadInput(ctx, { upload });
  const columns = await columnsOf(ctx, { sql: `SELECT * FROM ${UPLOADED}`, inputs: [found] });
  const typeOf = (name: string): string | undefined => columns.find((column) => column.name === name)?.type;
  // Looking at a CSV makes numbers of texts such as 007; where the key is a text they must stay what they are.
  const texts = keys.filter(({ name, type }) => type === "STRING" && (typeOf(name) ?? "STRING") !== "STRING");
  const columnsOfText = [...new Map(texts.map((key) => [key.name, key])).values()];
  const input = found.format === "csv" && columnsOfText.length > 0 ? { ...found, columns: columnsOfText } : found;
  const time = `"${timestampColumn.replaceAll('"', '""')}"`;
  const replaced = typeOf(timestampColumn) === "STRING" ? ` REPLACE (TRY_CAST(${time} AS TIMESTAMPTZ) AS ${time})` : "";
  const content = options.fingerprints === false ? "" : await ctx.offline.fingerprint(found.paths);
  const fingerprints = Object.fromEntries([upload, ...sources].map((name) => [name, content]));
  return { query: { sql: `SELECT *${replaced} FROM ${UPLOADED}`, inputs: [input] }, fingerprints, group: null };
}

/**
 * Sources that read an upload, or did. A file that personal features are made of is for sensitive readers, whoever names
 * it; of one whose source is gone nobody can tell. Throws `unreadable_file` for that.
 */
async function requireOpenUpload(ctx: Context, upload: string): Promise<string[]> {
  // Every revision counts: a source that names another file now does not make the old one less personal.
  const definitions = await ctx.db.definition.findMany({
    where: { projectId: ctx.project.id, kind: "source" },
    select: { name: true, body: true },
  });
  const reading = definitions
    .filter(({ body }) => JSON.stringify(body).includes(`"${upload}"`))
    .map(({ name }) => name);
  if (reading.length === 0) return [];
  const relations = await loadRelations(ctx.db, ctx.project.id);
  const gone = reading.find((name) => !relations.sources.has(name));
  if (gone)
    throw new LarderError(
      "unreadable_file",
      `${upload} was the file of source ${gone}, which is gone; upload it again`,
    );
  const personal = personalNames(relations);
  const found = reading.find((name) => personal.has(name));
  if (found) authorize(ctx, "sensitive.read", `source:${found}`);
  return [...new Set(reading)];
}

async function readGroup(
  ctx: Context,
  settled: { group: NonNullable<TrainingSetSpine["group"]>; label?: string | undefined; snapshot?: string | undefined },
  all: boolean,
): Promise<Reader> {
  const { name } = settled.group;
  const group = await requireGroup(ctx, { name });
  const start = settled.group.start === undefined ? null : requireInstant(settled.group.start, "spine.group.start");
  const end = settled.group.end === undefined ? null : requireInstant(settled.group.end, "spine.group.end");
  if (start !== null && end !== null && start > end)
    throw new LarderError("invalid_parameter", "spine.group.start is after its end");
  const label = group.features.find((feature) => feature.name === settled.label);
  if (label) requireReadable(ctx, [{ ...label, reference: `${name}:${label.name}` }]);
  // Whoever looks before choosing sees what could be the label.
  const labels = all ? group.features.filter((feature) => mayBeRead(ctx.actor, feature)) : label ? [label] : [];
  const held = settled.snapshot ? (await findSnapshot(ctx, settled.snapshot)).get(group.id) : undefined;
  const { table, sequence } = await loadTable(ctx, group, held, held !== undefined);
  const time = `"${group.eventTime}"`;
  const own = [...table.shape.keys.map((key) => `"${key.name}"`), time];
  const within = [
    ...(start === null ? [] : [`${time} >= TIMESTAMPTZ '${start}'`]),
    ...(end === null ? [] : [`${time} < TIMESTAMPTZ '${end}'`]),
  ];
  const where = within.length > 0 ? ` WHERE ${within.join(" AND ")}` : "";
  const sql = `SELECT ${[...own, ...labels.map((feature) => `"${feature.name}"`)].join(", ")} FROM ${GROUP_ROWS}${where} ORDER BY ${[time, ...own].join(", ")}`;
  const inputs: Input[] = [{ name: GROUP_ROWS, kind: "table", table, distinct: true }];
  return {
    query: { sql, inputs },
    // Keys and instants are nobody's secret; a label is looked after by its own name.
    fingerprints: {},
    group: { name, version: group.version, commitSequence: sequence, start, end },
  };
}

function mayBeRead(actor: Actor, { status, sensitivity }: { status: string; sensitivity: string | null }): boolean {
  if (status === "RETIRED" || (status === "DRAFT" && !may(actor, "draft.read"))) return false;
  return sensitivity !== "personal" || may(actor, "sensitive.read");
}

async function columnsOf(ctx: Context, query: Query, options: WorkOptions = {}): Promise<Column[]> {
  return (await ctx.offline.describe(query, workOf(options))).columns;
}

function workOf({ signal, apart }: WorkOptions): WorkOptions {
  return { ...(signal ? { signal } : {}), ...(apart === undefined ? {} : { apart }) };
}

/** Rows by the order of their hash, so evenly spread and the same on any number of threads; then in the order of time. */
function sampled({ sql, inputs }: Query, timestampColumn: string, limit: number): Query {
  const timestamp = `"${timestampColumn.replaceAll('"', '""')}"`;
  const chosen = `SELECT * FROM requested_spine ORDER BY hash(requested_spine) LIMIT ${limit}`;
  return {
    sql: `SELECT * FROM (${chosen}) AS chosen ORDER BY ${timestamp}, hash(chosen)`,
    inputs: [...inputs, { name: "requested_spine", kind: "sql", sql }],
  };
}

/** At most `limit` of rows that have an order, evenly spread over it, and all of them as they are when there are no more. */
function thinned({ sql, inputs }: Query, limit: number): Query {
  const [place, count] = ['"larder.place"', '"larder.count"'];
  const share = (at: string): string => `${at} * ${limit} // ${count}`;
  const counted = `WITH counted AS MATERIALIZED (SELECT count(*) AS ${count} FROM requested_spine)`;
  const numbered = `SELECT *, row_number() OVER () - 1 AS ${place} FROM requested_spine`;
  return {
    sql: `${counted} SELECT * EXCLUDE (${place}, ${count}) FROM (${numbered}) CROSS JOIN counted WHERE ${count} <= ${limit} OR ${share(`(${place} + 1)`)} > ${share(place)} ORDER BY ${place}`,
    inputs: [...inputs, { name: "requested_spine", kind: "sql", sql }],
  };
}

/** At most `limit` of the rows, evenly spread, in their order. */
function spread<T>(rows: T[], limit: number): T[] {
  if (rows.length <= limit) return rows;
  return Array.from({ length: limit }, (_, i) => rows[Math.floor((i * rows.length) / limit)] as T);
}
