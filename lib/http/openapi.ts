import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { ROUTES } from "./all-routes";
import { ApiSchemas, type JsonSchema, ProblemSchema } from "./api-schemas";
import { BASE_PATH, offeredTypes } from "./handle";
import { OIDC_OPERATIONS } from "./oidc-endpoints";
import { problemResponses } from "./openapi-problems";
import { hasBody, ParquetFile, pathNames, type Route, TableFile, takesKey } from "./route";
import { rowsOperation } from "./rows-endpoint";
import { uploadOperation } from "./uploads";

export type Operation = Parameters<OpenAPIHono["openAPIRegistry"]["registerPath"]>[0];
type Document = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

const INFO = {
  title: "Larder API",
  version: "1.0.0",
  description: `Feature store and feature catalog. Errors are application/problem+json (RFC 9457) with a stable \`code\` and a \`request_id\`.
Unknown fields and parameters are refused. Lists answer \`items\`, \`nextCursor\`, \`total\`; long work answers 202 with a run.
Integers beyond 2^53 and decimals travel as strings. Of two equal keys in a JSON object the last one counts.`,
};

/** A parameter that every endpoint takes. */
export type Parameter = (typeof HEADERS)[number];

const HEADERS = [
  {
    name: "project",
    in: "query",
    schema: { type: "string" },
    description: "Project; default: X-Larder-Project, else the instance's default project",
  },
  {
    name: "X-Larder-Project",
    in: "header",
    schema: { type: "string" },
    description: "Project, where the query does not name one",
  },
] as const;
const IDEMPOTENCY = {
  name: "Idempotency-Key",
  in: "header",
  schema: { type: "string", minLength: 1, maxLength: 255 },
  description: "The same key with the same body gets the first answer again (Idempotent-Replayed: true) for 24 hours",
} as const;

const IF_MATCH = {
  name: "If-Match",
  in: "header",
  required: true,
  schema: { type: "string" },
  description: "ETag of what was read; what has changed since is not overwritten",
} as const;

/** The OpenAPI 3.1 document of every endpoint. */
export function openApiDocument(): Document {
  const app = new OpenAPIHono();
  const schemas = new ApiSchemas();
  // Names first: writing the schemas needs to know all of them.
  const named = ROUTES.map((definition) => nameSchemas(definition, schemas));
  schemas.nameOf(ProblemSchema, "Problem");
  const input = schemas.write("input");
  const output = schemas.write("output");
  const same = (id: string): boolean =>
    JSON.stringify(input[id]).replaceAll(/(#\/components\/schemas\/\w+)Input"/g, '$1"') === JSON.stringify(output[id]);
  const all: Record<string, JsonSchema> = {
    ...output,
    ...Object.fromEntries(Object.keys(input).map((id) => [`${id}Input`, input[id] as JsonSchema])),
  };
  for (const item of named) app.openAPIRegistry.registerPath(operationOf(item, input));
  for (const operation of [...healthOperations(), ...OIDC_OPERATIONS, uploadOperation(HEADERS), rowsOperation(HEADERS)])
    app.openAPIRegistry.registerPath(operation);
  const document = app.getOpenAPI31Document({ openapi: "3.1.0", info: INFO, servers: [{ url: BASE_PATH }] });
  return withSchemas(document, all, same);
}

type Named = { definition: Route; id: string; inputName: string; bodyName: string | null; outputName: string | null };

function nameSchemas(definition: Route, schemas: ApiSchemas): Named {
  const id = operationId(definition);
  const names = pathNames(definition.path);
  const fields = Object.entries(definition.input.shape).filter(
    ([name]) => !names.includes(name) && !(definition.conditional && name === "expectedRevision"),
  );
  const rest = names.length > 0 ? z.strictObject(Object.fromEntries(fields)) : definition.input;
  const takesBody = hasBody(definition.method) && Object.keys(rest.shape).length > 0;
  return {
    definition,
    id,
    inputName: schemas.nameOf(definition.input, `${id}_parameters`),
    bodyName: takesBody ? schemas.nameOf(rest, `${id}_body`) : null,
    outputName: outputName(definition, () => schemas.nameOf(definition.output, `${id}_answer`)),
  };
}

/** A file has no schema; what comes as JSON too is a table then. */
function outputName({ output }: Route, nameOf: () => string): string | null {
  if (output === ParquetFile) return null;
  return output === TableFile ? "TableAnswer" : nameOf();
}

function operationOf(
  { definition, id, inputName, bodyName, outputName }: Named,
  input: Record<string, JsonSchema>,
): Operation {
  const fields = input[inputName] ?? {};
  const names = pathNames(definition.path);
  const inQuery = hasBody(definition.method) ? names : Object.keys(fields.properties ?? {});
  const parameters = inQuery.map((name) => {
    const { description, ...schema } = fields.properties?.[name] ?? {};
    const where = names.includes(name) ? "path" : "query";
    const required = where === "path" || (fields.required ?? []).includes(name);
    return { name, in: where, required, schema, ...(description ? { description } : {}) } as const;
  });
  const content = Object.fromEntries(
    offeredTypes(definition).map((type) => [type, { schema: answerSchema(type, outputName) }]),
  );
  const { method, path, summary, tags, description } = definition;
  const bodyRequired = bodyName !== null && (input[bodyName]?.required ?? []).length > 0;
  return {
    method,
    path,
    operationId: id,
    summary,
    tags: [...tags],
    ...(description ? { description } : {}),
    parameters: [
      ...parameters,
      ...HEADERS,
      ...(takesKey(definition) ? [IDEMPOTENCY] : []),
      ...(definition.conditional ? [IF_MATCH] : []),
    ],
    ...(bodyName
      ? {
          requestBody: {
            required: bodyRequired,
            content: { "application/json": { schema: refTo(`${bodyName}Input`) } },
          },
        }
      : {}),
    responses: {
      [definition.status ?? 200]: {
        description: summary,
        content,
        headers: {
          ...(definition.location ? { Location: { schema: { type: "string" } } } : {}),
          ...(definition.revision ? { ETag: { schema: { type: "string" } } } : {}),
        },
      },
      ...problemResponses(definition),
    },
  };
}

function answerSchema(type: string, outputName: string | null): Record<string, unknown> {
  if (type === "application/json" && outputName) return refTo(outputName);
  return type === "text/csv" ? { type: "string" } : { type: "string", contentMediaType: type };
}

function healthOperations(): Operation[] {
  const json = (schema: Record<string, unknown>) => ({ "application/json": { schema } });
  const up = { description: "Ready", content: json(refTo("Health")) };
  const down = { description: "A needed dependency is down", content: json(refTo("Health")) };
  const of = (path: string, summary: string, responses: Operation["responses"]): Operation => ({
    method: "get",
    path,
    operationId: operationId({ method: "get", path }),
    summary,
    tags: ["Server"],
    responses,
  });
  const document = json({ type: "object" });
  return [
    of("/health", "Every dependency with its state", { 200: up, 503: down }),
    of("/health/ready", "Whether requests can be answered", { 200: up, 503: down }),
    of("/health/live", "Whether the process answers", {
      200: {
        description: "Alive",
        content: json({ type: "object", properties: { status: { const: "up" } }, required: ["status"] }),
      },
    }),
    of("/openapi.json", "This document", { 200: { description: "OpenAPI 3.1", content: document } }),
    of("/docs", "This document as a page", {
      200: { description: "HTML", content: { "text/html": { schema: { type: "string" } } } },
    }),
  ];
}

/** Adds the schemas that something refers to; those that read alike both ways lose the suffix Input. */
function withSchemas(document: Document, all: Record<string, JsonSchema>, same: (id: string) => boolean): Document {
  const plain = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value).replaceAll(/"#\/components\/schemas\/(\w+)Input"/g, (reference, id: string) =>
        same(id) ? `"#/components/schemas/${id}"` : reference,
      ),
    ) as T;
  const used: Record<string, JsonSchema> = {};
  const collect = (value: unknown): void => {
    for (const [, id] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      const schema = all[id as string];
      if (!schema || (id as string) in used) continue;
      used[id as string] = plain(schema);
      collect(used[id as string]);
    }
  };
  const paths = plain(document.paths);
  collect(paths);
  const sorted = Object.fromEntries(Object.entries(used).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...document, paths, components: { ...document.components, schemas: sorted } } as Document;
}

function operationId({ method, path }: Pick<Route, "method" | "path">): string {
  return [method, ...path.split(/[^A-Za-z0-9]+/).filter(Boolean)]
    .map((word, at) => (at === 0 ? word : word[0]?.toUpperCase() + word.slice(1)))
    .join("");
}

function refTo(id: string): { $ref: string } {
  return { $ref: `#/components/schemas/${id}` };
}
