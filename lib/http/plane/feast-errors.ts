import { toJson } from "@/lib/compute/online-row";
import { ERRORS, type ErrorCode, LarderError } from "@/lib/kernel/errors";
import { toLarderError } from "../problem";
import type { PlaneAnswer } from "./route";

/** An error whose Feast class its code does not tell. */
export class FeastFault extends LarderError {
  constructor(
    readonly feastClass: string,
    code: ErrorCode,
    detail: string,
    readonly status: number = ERRORS[code].status,
  ) {
    super(code, detail);
  }
}

/** The exceptions of `feast.errors` that a client raises again; all others are its FeastError. */
const CLASSES: Partial<Record<ErrorCode, string>> = {
  unauthenticated: "FeastPermissionError",
  forbidden: "FeastPermissionError",
  insufficient_scope: "FeastPermissionError",
  csrf_rejected: "FeastPermissionError",
  project_not_found: "ProjectNotFoundException",
  feature_group_not_found: "FeatureViewNotFoundException",
  feature_view_not_found: "FeatureServiceNotFoundException",
  entity_not_found: "EntityNotFoundException",
  feature_not_found: "SpecifiedFeaturesNotPresentError",
  feature_retired: "SpecifiedFeaturesNotPresentError",
  feature_name_collision: "FeatureNameCollisionError",
  missing_key_column: "FeastEntityDFMissingColumnsError",
  missing_request_data: "RequestDataNotFoundInEntityRowsException",
};

const SHOWN_ISSUES = 3;

/**
 * An error as Feast's clients read it: a JSON text that holds JSON with the class to raise. Never 500 for what the sender
 * did, which clients would send again.
 */
export function feastError(thrown: unknown): PlaneAnswer {
  const error = toLarderError(thrown);
  const fault = error instanceof FeastFault ? error : null;
  const status = fault?.status ?? ERRORS[error.code].status;
  const rows = error.issues
    .filter(({ row }) => row !== undefined)
    .slice(0, SHOWN_ISSUES)
    .map(({ row, detail }) => `row ${row}: ${detail}`);
  const message = [error.detail, ...rows].join("; ");
  const detail = { module: "feast.errors", class: fault?.feastClass ?? CLASSES[error.code] ?? "FeastError", message };
  const headers: Record<string, string> = {};
  if (status === 503) headers["Retry-After"] = String(error.retryAfterSeconds ?? 1);
  if (status === 401) headers["WWW-Authenticate"] = "Bearer";
  return { status, body: toJson(JSON.stringify(detail)), headers };
}
