import { z } from "zod";
import * as access from "@/lib/access/schema";
import * as ingest from "@/lib/datasets/ingest-schema";
import * as intervals from "@/lib/datasets/interval-schema";
import * as retention from "@/lib/datasets/retention-schema";
import * as datasets from "@/lib/datasets/schema";
import * as snapshots from "@/lib/datasets/snapshot-schema";
import * as sql from "@/lib/datasets/sql-schema";
import * as training from "@/lib/datasets/training-schema";
import * as schedules from "@/lib/jobs/schedule-schema";
import * as jobs from "@/lib/jobs/schema";
import { ERRORS } from "@/lib/kernel/errors";
import * as run from "@/lib/kernel/run";
import * as values from "@/lib/kernel/values";
import * as lineage from "@/lib/lineage/schema";
import * as comparison from "@/lib/quality/comparison-schema";
import * as changes from "@/lib/registry/change-schema";
import * as definitions from "@/lib/registry/definition-schema";
import * as registry from "@/lib/registry/schema";
import * as serving from "@/lib/serving/schema";
import * as streaming from "@/lib/streaming/schema";
import * as health from "./health";
import * as metadata from "./metadata-shape";

/** RFC 9457 with a stable code, as `problem()` writes it. */
export const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string().optional(),
  code: z.enum(Object.keys(ERRORS)),
  request_id: z.string(),
  errors: z
    .array(
      z.object({
        code: z.string(),
        detail: z.string(),
        pointer: z.string().optional(),
        row: z.number().int().optional(),
        file: z.string().optional(),
        line: z.number().int().optional(),
        column: z.number().int().optional(),
      }),
    )
    .optional(),
});

/** A JSON schema as it stands in the OpenAPI document. */
export type JsonSchema = {
  [key: string]: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  description?: string;
};

const ROOMS = [
  values,
  run,
  registry,
  changes,
  definitions,
  lineage,
  datasets,
  ingest,
  intervals,
  schedules,
  snapshots,
  retention,
  comparison,
  sql,
  training,
  serving,
  streaming,
  jobs,
  access,
  health,
  metadata,
  { Problem: ProblemSchema },
];

/** Gathers the schemas an API uses and writes each once, under the name it is exported with. */
export class ApiSchemas {
  readonly #names = z.registry<{ id: string }>();

  constructor() {
    for (const room of ROOMS) {
      for (const [name, schema] of Object.entries(room)) {
        if (schema instanceof z.ZodType && !this.#names.has(schema)) this.#names.add(schema, { id: name });
      }
    }
  }

  /** The name of a schema; one that is not exported anywhere gets `fallback`. */
  nameOf(schema: z.ZodType, fallback: string): string {
    const known = this.#names.get(schema)?.id;
    if (!known) this.#names.add(schema, { id: fallback });
    return known ?? fallback;
  }

  /** All schemas as what is sent (`input`) or answered (`output`); the two differ where there are defaults. */
  write(io: "input" | "output"): Record<string, JsonSchema> {
    const uri = (id: string): string => `#/components/schemas/${id}${io === "input" ? "Input" : ""}`;
    const { schemas } = z.toJSONSchema(this.#names, { io, uri, unrepresentable: "any" });
    for (const schema of Object.values(schemas)) {
      delete schema.$id;
      delete schema.$schema;
    }
    return schemas as unknown as Record<string, JsonSchema>;
  }
}
