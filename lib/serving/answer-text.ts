import { jsonAt, toJson } from "@/lib/compute/online-row";
import type { Value } from "@/lib/kernel/values";
import { asciiWriter } from "./ascii-writer";
import type { FoundRow } from "./found-rows";
import { type ComputedValue, computeOnDemand, type PlannedOnDemand } from "./on-demand";
import type { Overrides } from "./overrides";
import type { ReadColumn, ReadPlan } from "./plan-read";
import type { EntityId, ReadFeatures } from "./schema";
import type { RequestData } from "./sent-data";
import { servedValue, type ValueOptions } from "./served-value";

/** What an answer is made of. `found[read][entity]`. */
export type Vectors = {
  plan: ReadPlan;
  ids: readonly EntityId[];
  found: readonly (readonly (FoundRow | null)[])[];
  /** Whether personal values are withheld. */
  masked: boolean;
  /** Null: none. */
  overrides: Overrides | null;
  /** Null: none came. */
  requestData: RequestData | null;
  warnings: readonly string[];
};

/** How it is written; `single`: one entity, without a list around it. */
export type AnswerStyle = ValueOptions & { form: ReadFeatures["answer"]; single: boolean };

/** Writes an answer as ASCII JSON from the JSON that rows hold: nothing is parsed, nothing is written twice. */
export function answerText(vectors: Vectors, style: AnswerStyle): string | Buffer {
  const { ids, plan } = vectors;
  const warnings = `"warnings":${toJson(vectors.warnings as Value[])}}`;
  if (style.single) return `${entityText(vectors, 0, style)},${warnings}`;
  if (ids.length * plan.columns.length <= FEW_VALUES)
    return `{"results":[${ids.map((_, entity) => `${entityText(vectors, entity, style)}}`).join(",")}],${warnings}`;
  asciiWriter.begin();
  for (let entity = 0; entity < ids.length; entity++)
    asciiWriter.write(`${entity === 0 ? '{"results":[' : "},"}${entityText(vectors, entity, style)}`);
  asciiWriter.write(`}],${warnings}`);
  return asciiWriter.end();
}

/** Up to here one text costs no more than bytes, and leaves in one piece with its headers. */
const FEW_VALUES = 200;

/** One entity, without the brace that ends it. */
function entityText(vectors: Vectors, entity: number, style: AnswerStyle): string {
  const { plan, found, ids, masked, overrides } = vectors;
  const rows = plan.reads.map((_, read) => found[read]?.[entity] ?? null);
  const ends = rows.map(endsOf);
  const plain = style.form === "full" && !masked && overrides === null;
  let text = `{"entity_id":${toJson(ids[entity] as Value)},"features":{`;
  let comma = "";
  for (const column of plan.columns) {
    const { read, index, status } = column;
    const row = rows[read];
    // Nearly every value is there, young enough and wanted whole.
    const json = plain && row && !row.expired && index >= 0 ? jsonAt(row.open, index) : "null";
    text +=
      json === "null"
        ? comma + memberText(vectors, entity, style, column, row ?? null)
        : comma + column.head + json + (status === "ACTIVE" ? ends[read] : endText("PRESENT", row ?? null, status));
    comma = ",";
  }
  if (plan.onDemand) text += onDemandText(vectors, plan.onDemand, entity, rows, style);
  return `${text}}`;
}

/** The members that are computed; they come after those that are stored. */
function onDemandText(
  vectors: Vectors,
  planned: PlannedOnDemand,
  entity: number,
  rows: readonly (FoundRow | null)[],
  style: AnswerStyle,
): string {
  const values = computeOnDemand(vectors, planned, entity, rows, style);
  return planned.columns
    .map(({ name, head, status: featureStatus }, at) => {
      const value = values[at] as ComputedValue;
      if (style.form === "values") return `,${name}${value.json}`;
      const end = endText(value.status, value.eventTime === null ? null : value, featureStatus);
      return style.form === "full" ? `,${head}${value.json}${end}` : `,${name}{${end.slice(1)}`;
    })
    .join("");
}

function memberText(
  { masked, overrides }: Vectors,
  entity: number,
  style: AnswerStyle,
  column: ReadColumn,
  row: FoundRow | null,
): string {
  const override = overrides?.(entity, column.as);
  const { json, status, filled } =
    override === undefined
      ? servedValue(row, column, style, masked && column.sensitivity === "personal")
      : { json: override, status: "OVERRIDDEN", filled: false };
  if (style.form === "values") return column.name + json;
  const known = override === undefined && column.index >= 0 ? row : null;
  const end = endText(status, known, column.status);
  const rest = filled ? `${end.slice(0, -1)},"filled":true}` : end;
  return style.form === "full" ? column.head + json + rest : `${column.name}{${rest.slice(1)}`;
}

/** How the members of a row go on after their value, where it is there and its feature ACTIVE. */
function endsOf(row: FoundRow | null): string {
  return row === null ? "" : endText("PRESENT", row, "ACTIVE");
}

type Times = { eventTime: string | null; ageSeconds: number | null };

function endText(status: string, row: Times | null, featureStatus: string): string {
  const times =
    row === null
      ? '"event_time":null,"age_seconds":null'
      : `"event_time":"${row.eventTime}","age_seconds":${row.ageSeconds}`;
  return `,"status":"${status}",${times},"feature_status":"${featureStatus}"}`;
}
