import { LarderError } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import { outputNames, requireRequestData } from "./on-demand";
import type { RetrievalPlan } from "./plan-retrieval";
import { requireNoCollision } from "./spine";

/**
 * Checks everything about the columns of a spine that can be known before it is run. Throws `missing_timestamp`,
 * `invalid_timestamp`, `missing_key_column`, `missing_request_data`, `feature_name_collision`.
 */
export function checkSpineColumns(
  columns: Column[],
  timestampColumn: string,
  plan: Pick<RetrievalPlan, "keys" | "outputs" | "onDemand">,
): void {
  const given = columns.map((column) => column.name).join(", ");
  const time = columns.find((column) => column.name === timestampColumn);
  if (!time) throw new LarderError("missing_timestamp", `The spine has no column ${timestampColumn}; it has ${given}`);
  if (!["TIMESTAMP", "DATE"].includes(time.type))
    throw new LarderError("invalid_timestamp", `Spine column ${time.name} is ${time.type}, not TIMESTAMP`);
  const missing = plan.keys.find((key) => !columns.some((column) => column.name === key.name));
  if (missing)
    throw new LarderError("missing_key_column", `The spine has no key column ${missing.name}; it has ${given}`);
  requireRequestData(columns, plan);
  requireNoCollision(columns, outputNames(plan));
}
