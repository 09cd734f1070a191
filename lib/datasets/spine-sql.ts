import type { Input } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { loadInputs } from "./load-inputs";
import type { RetrievalPlan } from "./plan-retrieval";
import { requireNoCollision } from "./spine";

/**
 * What the SQL of a spine reads, ready for the engine, after everything was checked that can be known without running it.
 * Throws `sql_invalid`, `sql_not_allowed`, `not_found`, `missing_timestamp`, `invalid_timestamp`, `missing_key_column`,
 * `feature_name_collision`.
 */
export async function readSpineSql(
  ctx: Context,
  spine: { sql: string; timestampColumn: string },
  plan: RetrievalPlan,
): Promise<{ inputs: Input[]; fingerprints: Record<string, string> }> {
  const { names } = await ctx.offline.describe({ sql: spine.sql, inputs: [] });
  const loaded = await loadInputs(ctx, names);
  const { columns } = await ctx.offline.describe({ sql: spine.sql, inputs: loaded.inputs });
  const given = columns.map((column) => column.name).join(", ");
  const time = columns.find((column) => column.name === spine.timestampColumn);
  if (!time)
    throw new LarderError("missing_timestamp", `The spine has no column ${spine.timestampColumn}; it has ${given}`);
  if (!["TIMESTAMP", "DATE"].includes(time.type))
    throw new LarderError("invalid_timestamp", `Spine column ${time.name} is ${time.type}, not TIMESTAMP`);
  const missing = plan.keys.find((key) => !columns.some((column) => column.name === key.name));
  if (missing)
    throw new LarderError("missing_key_column", `The spine has no key column ${missing.name}; it has ${given}`);
  requireNoCollision(columns, plan.outputs);
  return loaded;
}
