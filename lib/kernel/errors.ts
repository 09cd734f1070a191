/**
 * Every error a caller can meet: code -> HTTP status -> CLI exit code -> title. The only such table.
 * 400 cannot be parsed, 404 not found or not visible, 409 state conflict, 422 parsed but not valid.
 */
export const ERRORS = {
  malformed_json: { status: 400, exit: 2, title: "Body is not valid JSON" },
  too_deep: { status: 400, exit: 2, title: "Body is nested too deeply" },
  unauthenticated: { status: 401, exit: 4, title: "Not signed in" },
  forbidden: { status: 403, exit: 4, title: "Not allowed" },
  insufficient_scope: { status: 403, exit: 4, title: "Token lacks the scope" },
  csrf_rejected: { status: 403, exit: 4, title: "Request from another origin" },
  not_found: { status: 404, exit: 3, title: "Not found" },
  project_not_found: { status: 404, exit: 3, title: "Project not found" },
  feature_not_found: { status: 404, exit: 3, title: "Feature not found" },
  entity_not_found: { status: 404, exit: 3, title: "Entity not found" },
  source_not_found: { status: 404, exit: 3, title: "Source not found" },
  feature_group_not_found: { status: 404, exit: 3, title: "Feature group not found" },
  feature_view_not_found: { status: 404, exit: 3, title: "Feature view not found" },
  training_set_not_found: { status: 404, exit: 3, title: "Training set not found" },
  snapshot_not_found: { status: 404, exit: 3, title: "Snapshot not found" },
  commit_not_found: { status: 404, exit: 3, title: "Commit not found" },
  quarantine_not_found: { status: 404, exit: 3, title: "Quarantine not found" },
  run_not_found: { status: 404, exit: 3, title: "Run not found" },
  consumer_not_found: { status: 404, exit: 3, title: "Consumer not found" },
  change_request_not_found: { status: 404, exit: 3, title: "Change request not found" },
  user_not_found: { status: 404, exit: 3, title: "User not found" },
  member_not_found: { status: 404, exit: 3, title: "Member not found" },
  service_account_not_found: { status: 404, exit: 3, title: "Service account not found" },
  token_not_found: { status: 404, exit: 3, title: "Token not found" },
  session_not_found: { status: 404, exit: 3, title: "Session not found" },
  invitation_not_found: { status: 404, exit: 3, title: "Invitation not found" },
  method_not_allowed: { status: 405, exit: 2, title: "Method not allowed" },
  not_acceptable: { status: 406, exit: 2, title: "No acceptable representation" },
  request_timeout: { status: 408, exit: 6, title: "Request took too long to arrive" },
  already_exists: { status: 409, exit: 5, title: "Already exists" },
  ambiguous_feature: { status: 409, exit: 5, title: "Feature name is ambiguous" },
  commit_conflict: { status: 409, exit: 5, title: "Somebody else committed first" },
  state_conflict: { status: 409, exit: 5, title: "Not possible in the present state" },
  last_admin: { status: 409, exit: 5, title: "The last admin must stay" },
  in_use: { status: 409, exit: 5, title: "Something depends on it" },
  lifecycle_refused: { status: 409, exit: 5, title: "Status cannot change this way" },
  cancelled: { status: 409, exit: 5, title: "Cancelled" },
  idempotency_in_progress: { status: 409, exit: 5, title: "A request with this key is still running" },
  feature_retired: { status: 410, exit: 3, title: "Feature is retired" },
  commit_expired: { status: 410, exit: 3, title: "Commit is past its retention" },
  link_not_valid: { status: 410, exit: 3, title: "Link is used up or expired" },
  version_mismatch: { status: 412, exit: 5, title: "Changed since you read it" },
  payload_too_large: { status: 413, exit: 2, title: "Body is too large" },
  too_many_entities: { status: 413, exit: 2, title: "Too many entities" },
  unsupported_media_type: { status: 415, exit: 2, title: "Content type is not supported" },
  validation_failed: { status: 422, exit: 2, title: "Request is not valid" },
  unknown_field: { status: 422, exit: 2, title: "Unknown field" },
  invalid_type: { status: 422, exit: 2, title: "Value has another type" },
  invalid_parameter: { status: 422, exit: 2, title: "Parameter is not valid" },
  invalid_name: { status: 422, exit: 2, title: "Name is not valid" },
  invalid_key: { status: 422, exit: 2, title: "Entity key is not valid" },
  missing_timestamp: { status: 422, exit: 2, title: "Timestamp column is missing" },
  invalid_timestamp: { status: 422, exit: 2, title: "Timestamp is not valid" },
  missing_key_column: { status: 422, exit: 2, title: "Key column is missing" },
  missing_column: { status: 422, exit: 2, title: "Column is missing" },
  null_key: { status: 422, exit: 2, title: "Key is null" },
  key_type_mismatch: { status: 422, exit: 2, title: "Key has another type" },
  empty_spine: { status: 422, exit: 2, title: "Spine has no rows" },
  feature_name_collision: { status: 422, exit: 2, title: "Two columns would have the same name" },
  unsafe_integer: { status: 422, exit: 2, title: "Integer beyond 2^53 must be a string" },
  decimal_overflow: { status: 422, exit: 2, title: "Number does not fit the decimal type" },
  timestamp_out_of_range: { status: 422, exit: 2, title: "Timestamp is out of range" },
  timestamp_in_future: { status: 422, exit: 2, title: "Timestamp lies in the future" },
  duplicate_rows: { status: 422, exit: 2, title: "Rows come twice" },
  constraint_violated: { status: 422, exit: 2, title: "Value breaks a constraint" },
  schema_mismatch: { status: 422, exit: 2, title: "Columns differ from the definition" },
  definition_invalid: { status: 422, exit: 2, title: "Definition is not valid" },
  sql_invalid: { status: 422, exit: 2, title: "SQL is not valid" },
  sql_not_allowed: { status: 422, exit: 2, title: "SQL statement is not allowed" },
  sql_empty: { status: 422, exit: 2, title: "SQL is empty" },
  sql_too_long: { status: 422, exit: 2, title: "SQL is too long" },
  sandbox_violation: { status: 422, exit: 2, title: "SQL reaches outside its inputs" },
  row_limit_exceeded: { status: 422, exit: 2, title: "More rows than allowed" },
  extension_missing: { status: 422, exit: 2, title: "An extension of the engine is missing" },
  invalid_expression: { status: 422, exit: 2, title: "Expression is not valid" },
  missing_request_data: { status: 422, exit: 2, title: "Request data is missing" },
  unreadable_file: { status: 422, exit: 2, title: "File cannot be read" },
  idempotency_key_reused: { status: 422, exit: 2, title: "Idempotency key was used with another body" },
  weak_password: { status: 422, exit: 2, title: "Password is too easy to guess" },
  precondition_required: { status: 428, exit: 2, title: "If-Match is required" },
  rate_limited: { status: 429, exit: 6, title: "Too many requests" },
  internal: { status: 500, exit: 1, title: "Internal error" },
  data_corrupt: { status: 503, exit: 1, title: "Stored data is damaged" },
  online_ahead: { status: 503, exit: 6, title: "Online store is ahead of history" },
  overloaded: { status: 503, exit: 6, title: "Too many requests at once" },
  dependency_unavailable: { status: 503, exit: 6, title: "A dependency is not available" },
  timeout: { status: 504, exit: 6, title: "Took too long" },
  insufficient_storage: { status: 507, exit: 6, title: "Storage is full" },
  temp_space_exhausted: { status: 507, exit: 6, title: "Temporary space is full" },
  resource_exhausted: { status: 507, exit: 6, title: "Out of memory or temporary space" },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** One thing that is wrong, as exactly as it is known. Rows and lines count from 1. */
export type ErrorIssue = {
  code: string;
  detail: string;
  pointer?: string;
  row?: number;
  file?: string;
  line?: number;
  /** Of a line. */
  column?: number;
};

/** The one error class that crosses rooms and doors. `detail` is written for the person who caused it. */
export class LarderError extends Error {
  override readonly name = "LarderError";
  /** When trying again makes sense. */
  readonly retryAfterSeconds: number | undefined;
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly issues: ErrorIssue[] = [],
    options?: { cause?: unknown; retryAfterSeconds?: number },
  ) {
    super(`${code}: ${detail}`, options);
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

/** Whether `error` is a LarderError, also when it comes from another copy of this module (bundles). */
export function isLarderError(error: unknown): error is LarderError {
  return error instanceof Error && error.name === "LarderError" && "code" in error && "detail" in error;
}
