import { authorize } from "@/lib/access/authorize";
import { PREVIEW_LIMIT_MS, type WorkOptions } from "@/lib/engines/offline/port";
import { isLarderError } from "@/lib/kernel/errors";
import { parseInstant } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { JoinKey } from "@/lib/registry/definition-schema";
import { guessColumns } from "@/lib/registry/guess-columns";
import { typeSpine } from "./spine";
import { openSpine, timestampOf } from "./spine-source";
import type { PreviewSpine, SpinePreview, TrainingSetSpine } from "./training-schema";
import { withinPreview } from "./within-preview";

const SHOWN = 20;
const COUNT_MS = 5_000;

/**
 * The first rows of a spine, what its columns most likely are, and which entities features can be joined for. Nothing is
 * kept. Throws what reading it throws; a spine without instants is shown all the same.
 */
export async function previewSpine(
  ctx: Context,
  input: PreviewSpine,
  options: WorkOptions = {},
): Promise<SpinePreview> {
  const resource = `project:${ctx.project.name}`;
  authorize(ctx, "training_set.create", resource);
  authorize(ctx, "data.read", resource);
  return withinPreview(PREVIEW_LIMIT_MS, options.signal, async (signal) => {
    const { columns, rows, rowCount } = input.spine.rows
      ? givenRows(input.spine.rows)
      : await firstRows(ctx, input, { signal, apart: ctx.project.id });
    const entities = (await ctx.db.entity.findMany({ where: { projectId: ctx.project.id } })).map(
      ({ name, joinKeys }) => ({ name, joinKeys: joinKeys as JoinKey[] }),
    );
    // Whatever a column of a CSV looks like, where a key is a text it is read as one.
    const isText = input.spine.upload?.endsWith(".csv") === true;
    const guessed = guessColumns(columns, entities);
    const timestampColumn = await timestampOf(ctx, input.spine, input.timestampColumn).catch((error: unknown) => {
      if (!isLarderError(error) || error.code !== "missing_timestamp") throw error;
      return guessed.find((column) => column.role === "event_time")?.name ?? null;
    });
    return {
      columns: guessed,
      rows,
      rowCount,
      timestampColumn: columns.some((column) => column.name === timestampColumn) ? timestampColumn : null,
      entities: entities.flatMap(({ name, joinKeys }) =>
        joinKeys.every((key) => holds(columns, key, isText)) ? [name] : [],
      ),
    };
  });
}

type Rows = { columns: Column[]; rows: Value[][]; rowCount: number | null };

function givenRows(given: NonNullable<TrainingSetSpine["rows"]>): Rows {
  const { columns, rows } = typeSpine(given, { timestampColumn: "", keys: [], nullKeys: "keep" });
  const isInstant = (at: number): boolean =>
    rows.every((row) => row[at] === null || (typeof row[at] === "string" && parseInstant(row[at]) !== null)) &&
    rows.some((row) => row[at] !== null);
  return {
    columns: columns.map(({ name, type }, at) => ({ name, type: isInstant(at) ? "TIMESTAMP" : type })),
    rows: rows.slice(0, SHOWN),
    rowCount: rows.length,
  };
}

async function firstRows(ctx: Context, { spine }: PreviewSpine, work: WorkOptions): Promise<Rows> {
  const opened = await openSpine(ctx, { spine, timestampColumn: "", nullKeys: "keep" }, [], {
    whole: true,
    fingerprints: false,
    ...work,
  });
  if (opened.spine.kind === "rows") return { columns: opened.columns, rows: opened.spine.rows, rowCount: null };
  const { query } = opened.spine;
  const { columns, rows } = await ctx.offline.query({ query, limit: SHOWN }, work);
  const sql = "SELECT count(*) AS n FROM counted_spine";
  const inputs = [...query.inputs, { name: "counted_spine", kind: "sql" as const, sql: query.sql }];
  const counted = await ctx.offline
    .query({ query: { sql, inputs }, limit: 1, limitMs: COUNT_MS }, work)
    .catch((error: unknown) => {
      if (!isLarderError(error) || error.code !== "timeout") throw error;
      return null;
    });
  return { columns, rows, rowCount: counted ? Number(counted.rows[0]?.[0] ?? 0) : null };
}

/** Whether a key is there under its name, as its type; integers of either width hold the same keys. */
function holds(columns: Column[], { name, type }: JoinKey, isText: boolean): boolean {
  const found = columns.find((column) => column.name === name)?.type;
  if (isText && type === "STRING") return found !== undefined;
  return found === type || (/^INT(32|64)$/.test(found ?? "") && /^INT(32|64)$/.test(type));
}
