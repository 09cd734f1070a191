import { toJson } from "@/lib/compute/online-row";
import type { Column, Value } from "@/lib/kernel/values";
import type { Vectors } from "@/lib/serving/answer-text";
import { asciiWriter } from "@/lib/serving/ascii-writer";
import type { FoundRow } from "@/lib/serving/found-rows";
import type { ReadColumn } from "@/lib/serving/plan-read";
import { servedValue } from "@/lib/serving/served-value";
import type { FeastPlan } from "./feast-names";
import { onDemandColumns } from "./feast-on-demand";
import { type FeastWriter, feastKey, feastStatus, feastTime } from "./feast-values";

const AS_IT_IS = { includeExpired: false, fillDefaults: false };

/** Up to here one text costs no more than bytes. */
const FEW_VALUES = 200;

/**
 * The answer column by column, ASCII: join keys in the order of the request, then features in the order asked; every
 * column has a value, a status and a time for each entity, in the order of the entities.
 */
export function feastAnswer(vectors: Vectors, feast: FeastPlan, keys: readonly Column[]): string | Buffer {
  if (vectors.ids.length * vectors.plan.columns.length <= FEW_VALUES) {
    let text = "";
    writeAnswer(vectors, feast, keys, (part) => {
      text += part;
    });
    return text;
  }
  asciiWriter.begin();
  writeAnswer(vectors, feast, keys, asciiWriter.write);
  return asciiWriter.end();
}

function writeAnswer(vectors: Vectors, feast: FeastPlan, keys: readonly Column[], write: (part: string) => void): void {
  const { plan, ids, found } = vectors;
  const present = repeated('"PRESENT"', ids.length);
  const epochs = `],"event_timestamps":[${repeated(feastTime(null), ids.length)}]}`;
  // Most columns end as all columns of their row do.
  const rows = plan.reads.map((_, read) => found[read] ?? []);
  const times = rows.map(
    (column) => `],"event_timestamps":[${column.map((row) => feastTime(row?.eventTime ?? null)).join(",")}]}`,
  );
  const ends = times.map((end) => `],"statuses":[${present}${end}`);
  write(
    `{"metadata":{"feature_names":[${[...keys.map(({ name }) => toJson(name)), ...feast.names].join(",")}]},"results":[`,
  );
  let start = '{"values":[';
  for (const { name, type } of keys) {
    const values = ids.map((id) => feastKey((id as Record<string, Value>)[name] ?? null, type));
    write(`${start}${values.join(",")}],"statuses":[${present}${epochs}`);
    start = NEXT;
  }
  plan.columns.forEach((column, at) => {
    const { read } = column;
    const { values, statuses } = columnOf(vectors, column, rows[read] ?? [], feast.writers[at] ?? null);
    write(start + values);
    if (statuses === null) write(ends[read] ?? "");
    else write(`],"statuses":[${statuses.join(",")}${times[read] ?? epochs}`);
    start = NEXT;
  });
  for (const column of onDemandColumns(vectors, feast.writers)) {
    write(start + column);
    start = NEXT;
  }
  write("]}");
}

const NEXT = ',{"values":[';

/** The values of one column and their statuses; null: all are there. */
function columnOf(
  { masked, ids }: Vectors,
  column: ReadColumn,
  rows: readonly (FoundRow | null)[],
  writer: FeastWriter | null,
): { values: string; statuses: string[] | null } {
  const hidden = masked && column.sensitivity === "personal";
  let values = "";
  let statuses: string[] | null = null;
  for (let entity = 0; entity < ids.length; entity++) {
    const { json, status } = servedValue(rows[entity] ?? null, column, AS_IT_IS, hidden);
    if (entity > 0) values += ",";
    values += writer === null || json === "null" ? json : writer(json);
    if (status !== "PRESENT") statuses ??= new Array<string>(ids.length).fill('"PRESENT"');
    if (statuses !== null) statuses[entity] = feastStatus(status);
  }
  return { values, statuses };
}

function repeated(text: string, count: number): string {
  return new Array<string>(count).fill(text).join(",");
}
