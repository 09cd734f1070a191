import { ERRORS, type ErrorCode } from "@/lib/kernel/errors";
import { hasBody, type Route, takesKey } from "./route";

const ALWAYS: ErrorCode[] = [
  "csrf_rejected",
  "forbidden",
  "project_not_found",
  "not_acceptable",
  "unknown_field",
  "invalid_parameter",
  "internal",
  "dependency_unavailable",
];
const WITH_BODY: ErrorCode[] = [
  "malformed_json",
  "too_deep",
  "payload_too_large",
  "unsupported_media_type",
  "validation_failed",
  "invalid_name",
];
const CONDITIONAL: ErrorCode[] = ["precondition_required", "version_mismatch"];
const WITH_KEY: ErrorCode[] = ["idempotency_key_reused", "idempotency_in_progress"];

/** Every code a route may answer with. */
export function problemCodes(definition: Route): ErrorCode[] {
  const codes = [
    ...ALWAYS,
    ...(hasBody(definition.method) ? WITH_BODY : []),
    ...(takesKey(definition) ? WITH_KEY : []),
    ...(definition.conditional ? CONDITIONAL : []),
    ...(definition.problems ?? []),
  ];
  return [...new Set(codes)];
}

type Responses = Record<string, { description: string; content: Record<string, { schema: Record<string, unknown> }> }>;

/** The problem responses of a route, by status, each naming its codes. */
export function problemResponses(definition: Route): Responses {
  return responsesOf(problemCodes(definition));
}

/** The problem responses of an endpoint that is no route: what every one may answer, and these codes. */
export function problemResponsesWith(codes: ErrorCode[]): Responses {
  return responsesOf([...new Set([...ALWAYS, ...codes])]);
}

function responsesOf(all: ErrorCode[]): Responses {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of all) byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join("; "),
          content: {
            "application/problem+json": {
              schema: { allOf: [{ $ref: "#/components/schemas/Problem" }, { properties: { code: { enum: codes } } }] },
            },
          },
        },
      ]),
  );
}
