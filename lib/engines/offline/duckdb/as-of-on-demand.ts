import {
  ARRAY,
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBDataChunk,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBVector,
  FLOAT,
  INTEGER,
  LIST,
  listValue,
  VARCHAR,
} from "@duckdb/node-api";
import { compileOnDemand, type OnDemand } from "@/lib/compute/on-demand";
import type { AsOfRequest } from "@/lib/engines/offline/port";
import { parseDataType } from "@/lib/kernel/data-types";
import type { Column } from "@/lib/kernel/values";
import { featureType } from "./as-of-sql";
import { castPlan, duckType } from "./column-types";
import type { Session } from "./session";
import { quote } from "./sql";
import { decodeChunk, fromText, toText, wireSql } from "./values";

const FUNCTION = "larder_on_demand";
const COMPUTED = "larder.computed";

/** What a request computes of its joined rows; null: nothing. Throws `invalid_expression`. */
export function onDemandOf({ onDemand, joins }: AsOfRequest): OnDemand | null {
  if (!onDemand || Object.keys(onDemand.columns).length === 0) return null;
  return compileOnDemand(onDemand.columns, typesOf({ onDemand, joins }));
}

function typesOf({ onDemand, joins }: Pick<AsOfRequest, "onDemand" | "joins">): Map<string, string> {
  const features = joins.flatMap((join) => join.features.map(({ name, as }) => [as, featureType(join, name)] as const));
  return new Map([...features, ...(onDemand?.requestData ?? []).map(({ name, type }) => [name, type] as const)]);
}

/**
 * The rows of `query` with the columns that are computed of them, which stand after those named in `before`: the same code
 * that answers online is called with chunks of rows, so memory stays flat and the order of rows is kept. `spine` are the
 * columns that request data come from.
 */
export function onDemandSql(
  session: Session,
  request: AsOfRequest,
  computed: OnDemand,
  rows: { query: string; before: readonly Column[]; after: readonly Column[]; spine: readonly Column[] },
): string {
  const types = typesOf(request);
  const sent = new Set(request.onDemand?.requestData.map(({ name }) => name));
  const inputs = computed.inputs.map((name): Column => ({ name, type: types.get(name) ?? "STRING" }));
  register(session, computed, inputs);
  const given = inputs.map(({ name, type }) => {
    const from = rows.spine.find((column) => column.name === name)?.type;
    const cast = sent.has(name) && from !== undefined ? castPlan(duckType(from), type) : null;
    return wireSql(cast ? cast.expression(quote(name)) : quote(name), type);
  });
  const list = [
    ...rows.before.map(({ name }) => quote(name)),
    ...computed.columns.map(
      ({ name, type }, i) => `${fromText(`${quote(COMPUTED)}[${i + 1}]`, type)} AS ${quote(name)}`,
    ),
    ...rows.after.map(({ name }) => quote(name)),
  ];
  return `SELECT ${list.join(", ")} FROM (SELECT *, ${FUNCTION}(${given.join(", ")}) AS ${quote(COMPUTED)} FROM (${rows.query}))`;
}

/** Only now, when the SQL of others has run: it could call it too. */
function register(session: Session, { columns, evaluate }: OnDemand, inputs: readonly Column[]): void {
  const read = [...inputs];
  session.connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: FUNCTION,
      parameterTypes: inputs.map(({ type }) => wireType(type)),
      returnType: LIST(VARCHAR),
      // Nulls are for the expressions to look at.
      specialHandling: true,
      mainFunction: (_, chunk: DuckDBDataChunk, output: DuckDBVector) => {
        const values = decodeChunk(chunk, read);
        for (let row = 0; row < chunk.rowCount; row++) {
          const results = evaluate(values.map((column) => column[row] ?? null));
          output.setItem(row, listValue(results.map((value, i) => toText(value, columns[i]?.type ?? ""))));
        }
        output.flush();
      },
    }),
  );
}

const WIRE_TYPES: Record<string, DuckDBType> = {
  INT32: INTEGER,
  INT64: BIGINT,
  FLOAT32: FLOAT,
  FLOAT64: DOUBLE,
  BOOL: BOOLEAN,
};

/** The type of what `wireSql` makes of a data type. */
function wireType(type: string): DuckDBType {
  const parsed = parseDataType(type);
  const element = WIRE_TYPES[parsed?.kind ?? ""] ?? VARCHAR;
  if (!parsed || parsed.length === null) return element;
  // Elements that are turned into texts come as a list, whatever their number.
  const isArray = parsed.length > 0 && (element !== VARCHAR || parsed.kind === "STRING");
  return isArray ? ARRAY(element, parsed.length) : LIST(element);
}
