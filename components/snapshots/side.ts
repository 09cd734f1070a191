import type { Snapshot } from "@/lib/datasets/snapshot-schema";

/** One side of a comparison, as the address of the page has it. */
export type Side =
  | { kind: "snapshot"; snapshot: string }
  | { kind: "group"; group: string; version: number | null; commit: number | null };

const NAME = "[a-z][a-z0-9_]{0,62}";
const SIDE = new RegExp(`^(?:(snapshot):(${NAME})|(${NAME})(?:@([1-9]\\d{0,8}))?(?::([1-9]\\d{0,8}))?)$`);

/** Reads `snapshot:name`, `group`, `group:commit` or `group@version:commit`; null for anything else. */
export function parseSide(text: string | undefined): Side | null {
  const match = SIDE.exec(text ?? "");
  if (!match) return null;
  const [, snapshot, name, group, version, commit] = match;
  if (snapshot && name) return { kind: "snapshot", snapshot: name };
  if (!group) return null;
  return { kind: "group", group, version: version ? Number(version) : null, commit: commit ? Number(commit) : null };
}

/** Writes a side the way it is read. */
export function formatSide(side: Side): string {
  if (side.kind === "snapshot") return `snapshot:${side.snapshot}`;
  return `${side.group}${side.version ? `@${side.version}` : ""}${side.commit ? `:${side.commit}` : ""}`;
}

/** A side in words. */
export function sideWords(side: Side): string {
  if (side.kind === "snapshot") return `snapshot ${side.snapshot}`;
  const of = `${side.group}${side.version ? ` version ${side.version}` : ""}`;
  return side.commit ? `${of} at commit ${side.commit}` : `${of} now`;
}

/** A side as the API takes it. */
export function sideInput(
  side: Side,
): { snapshot: string } | { featureGroup: string; version?: number; commit?: number } {
  if (side.kind === "snapshot") return { snapshot: side.snapshot };
  const { group, version, commit } = side;
  return { featureGroup: group, ...(version ? { version } : {}), ...(commit ? { commit } : {}) };
}

/** The address of the page that compares two sides. */
export function compareHref(from: Side, to: Side): string {
  return `/snapshots/compare?${new URLSearchParams({ from: formatSide(from), to: formatSide(to) })}`;
}

/** The feature groups of both sides, in the order of the first; a snapshot that is not known holds none. */
export function commonGroups(sides: [Side, Side], snapshots: Pick<Snapshot, "name" | "items">[]): string[] {
  const [from, to] = sides.map((side) =>
    side.kind === "group"
      ? [side.group]
      : (snapshots.find(({ name }) => name === side.snapshot)?.items.map(({ group }) => group) ?? []),
  );
  return [...new Set(from)].filter((group) => to?.includes(group));
}
