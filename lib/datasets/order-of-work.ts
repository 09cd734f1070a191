/** One thing to bring up to date. */
export type WorkStep = { kind: "source" | "feature_group"; name: string };

/** The groups wanted and everything they read, dependencies first, each once. Arguments tell what each source and group reads. */
export function orderOfWork(
  wanted: string[],
  sources: Map<string, string[]>,
  groups: Map<string, string[]>,
): WorkStep[] {
  const done = new Map<string, WorkStep>();
  const visit = (name: string, path: string[]): void => {
    if (done.has(name)) return;
    if (path.includes(name)) throw new Error(`${[...path, name].join(" -> ")} read each other in a circle`);
    const group = groups.get(name);
    for (const read of group ?? sources.get(name) ?? []) visit(read, [...path, name]);
    if (group) done.set(name, { kind: "feature_group", name });
    else if (sources.has(name)) done.set(name, { kind: "source", name });
  };
  for (const name of wanted) visit(name, []);
  return [...done.values()];
}
