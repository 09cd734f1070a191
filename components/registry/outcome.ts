import type { ErrorIssue } from "@/lib/kernel/errors";
import type { DefinableKind, Definition, PlanStep, StoredDefinitionAnswer } from "@/lib/registry/definition-schema";

export type Failure = { code: string; detail: string; issues: ErrorIssue[] };

/** What server actions answer. */
export type Outcome<T> = { ok: true; data: T } | { ok: false; error: Failure };

/** What forms write: everything but a project, which is changed by its settings. */
export type Definable = Exclude<Definition, { kind: "project" }>;

/** The server actions that forms of definitions call; pages hand them in. */
export type DefinitionActions = {
  create(input: { definition: Definable }): Promise<Outcome<StoredDefinitionAnswer>>;
  update(input: { definition: Definable; expectedRevision: number }): Promise<Outcome<StoredDefinitionAnswer>>;
  plan(input: { definition: Definable }): Promise<Outcome<PlanStep>>;
  get(input: { kind: DefinableKind; name: string }): Promise<Outcome<StoredDefinitionAnswer>>;
};

/** What is wrong, by field (`joinKeys.0.name`), and what belongs to no field. */
export type Problems = { fields: Record<string, string>; others: string[] };

export const NO_PROBLEMS: Problems = { fields: {}, others: [] };

type ZodIssue = { path: PropertyKey[]; message: string; code?: string };

/** What a schema has found. */
export function problemsOf(issues: readonly ZodIssue[]): Problems {
  const fields: Record<string, string> = {};
  for (const issue of issues) fields[issue.path.map(String).join(".")] ??= sentence(issue.message);
  return { fields, others: [] };
}

/** What the server has refused: at its field where it names one. */
export function problemsOfFailure({ code, detail, issues }: Failure): Problems {
  if (code === "already_exists" || code === "invalid_name") return { fields: { name: detail }, others: [] };
  const fields: Record<string, string> = {};
  const others: string[] = [];
  for (const issue of issues) {
    const path = issue.pointer?.replace(/^\/(definition\/)?/, "").replaceAll("/", ".");
    if (path) fields[path] ??= sentence(issue.detail);
    else others.push(issue.detail);
  }
  return { fields, others: Object.keys(fields).length + others.length > 0 ? others : [detail] };
}

/** Runs an action; a server that does not answer is a failure like any other. */
export async function outcomeOf<T>(work: Promise<Outcome<T>>): Promise<Outcome<T>> {
  return work.catch(
    (): Outcome<T> => ({
      ok: false,
      error: { code: "unreachable", detail: "The server does not answer. Nothing is lost; try again.", issues: [] },
    }),
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
