import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { Refresh } from "@/lib/datasets/schema";
import { RunAnswer } from "@/lib/kernel/run";
import { applyDefinitions } from "@/lib/registry/apply-definitions";
import { ApplyDefinitions, Plan } from "@/lib/registry/definition-schema";
import { route } from "../route";

const shared = { method: "post", tags: ["Definitions"] } as const;

/** Changing what there is, and computing it. */
export const definitionRoutes = [
  route({
    ...shared,
    path: "/definitions/apply",
    summary: "Bring the catalog to what definition files say",
    description: "All or nothing. With dryRun only the plan; the same files again change nothing.",
    input: ApplyDefinitions,
    output: Plan,
    run: applyDefinitions,
    problems: ["definition_invalid", "sql_invalid", "sql_not_allowed", "unreadable_file", "already_exists"],
  }),
  route({
    ...shared,
    path: "/refresh",
    summary: "Recompute feature groups from their sources",
    input: Refresh,
    output: RunAnswer,
    run: refreshFeatures,
    status: 202,
    location: ({ run }) => `/runs/${run.id}`,
    problems: ["feature_group_not_found"],
  }),
];
