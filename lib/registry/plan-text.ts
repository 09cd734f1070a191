import type { Plan } from "./definition-schema";

const MARK = { create: "+", change: "~", unchanged: "=" } as const;

/** A plan as lines for people: what would happen to each definition and why, and the counts. */
export function planText(plan: Pick<Plan, "steps">): string {
  const lines = plan.steps.map((step) => {
    const version = step.kind === "feature_group" || step.kind === "feature_view" ? ` v${step.version}` : "";
    const why = step.grade ? `   ${step.grade}: ${step.changes.join("; ")}` : "";
    const warnings = (step.warnings ?? []).map(({ detail }) => `\n      warning: ${detail}`).join("");
    return `  ${MARK[step.action]} ${step.action.padEnd(9)} ${step.kind.padEnd(13)} ${step.name}${version}${why}${warnings}`;
  });
  const count = (action: keyof typeof MARK): number => plan.steps.filter((step) => step.action === action).length;
  return [
    ...lines,
    `  ${count("create")} to create, ${count("change")} to change, ${count("unchanged")} unchanged`,
  ].join("\n");
}
