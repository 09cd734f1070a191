import type { GuessedColumn } from "@/lib/datasets/schema";
import type {
  CreateTrainingSet,
  RetrievalPreview,
  SpinePreview,
  TrainingSetSpine,
} from "@/lib/datasets/training-schema";
import { parseInstant } from "@/lib/kernel/time";
import type { Column } from "@/lib/kernel/values";
import type { JoinKey } from "@/lib/registry/definition-schema";
import type { ViewSummary } from "@/lib/registry/schema";
import { fillsOf } from "./fill-draft";
import { NO_SPLIT, type SplitDraft, splitOf } from "./split-draft";

/** A feature view as the wizard offers it. */
export type OfferedView = Pick<ViewSummary, "name" | "description" | "columns" | "spine" | "joins">;

/** What the wizard may choose from. */
export type Choices = {
  views: OfferedView[];
  /** Of each feature group. */
  joinKeys: Record<string, JoinKey[]>;
  snapshots: string[];
  /** Names of training sets that exist. */
  taken: ReadonlySet<string>;
};

/** Features of one group, and how its keys are called among the rows. `version` null: the newest. */
export type SetJoin = {
  id: number;
  group: string;
  version: number | null;
  prefix: string;
  keys: Record<string, string>;
  features: string[];
};

export const SPINE_KINDS = ["upload", "sql", "group", "view"] as const;
export type SpineKind = (typeof SPINE_KINDS)[number];
type Warning = Pick<RetrievalPreview["warnings"][number], "code" | "column" | "detail">;

/** Everything the wizard holds, as typed. */
export type SetDraft = {
  spine: {
    kind: SpineKind;
    upload: { path: string; name: string; rowCount: number } | null;
    sql: string;
    group: { name: string; start: string; end: string };
    view: string;
  };
  timestampColumn: string;
  label: string;
  /** What the rows are, and of which spine that is known; null: not read yet. */
  seen: { of: string; columns: GuessedColumn[]; rowCount: number | null; entities: string[] } | null;
  source: "view" | "picked";
  view: string;
  joins: SetJoin[];
  /** What the last preview has found, and of which content. */
  looked: {
    of: string;
    columns: Column[];
    nullCounts: Record<string, number>;
    rowCount: number;
    warnings: Warning[];
    /** It could not be made in time; whoever goes on knows that nothing was checked. */
    unseen: boolean;
  } | null;
  /** Warnings that were decided to be no trouble, as `idOfWarning` writes them. */
  kept: string[];
  asKnown: "event_time" | "created_time";
  nullKeys: "refuse" | "keep";
  rowLimit: string | number;
  /** Typed text by output column. */
  fillNull: Record<string, string>;
  split: SplitDraft;
  snapshot: string;
  name: string;
};

/** A draft that begins with a view, if one is named. */
export function emptySet(views: OfferedView[], named: string | null): SetDraft {
  const view = views.find((one) => one.name === named);
  const offering = view?.spine ? view : undefined;
  return {
    spine: {
      kind: offering ? "view" : "upload",
      upload: null,
      sql: "",
      group: { name: "", start: "", end: "" },
      view: (offering ?? views.find((one) => one.spine))?.name ?? "",
    },
    timestampColumn: offering?.spine?.timestampColumn ?? "",
    label: offering?.spine?.label ?? "",
    seen: null,
    source: view || views.length > 0 ? "view" : "picked",
    view: (view ?? views[0])?.name ?? "",
    joins: [],
    looked: null,
    kept: [],
    asKnown: "event_time",
    nullKeys: "refuse",
    rowLimit: "",
    fillNull: {},
    split: NO_SPLIT,
    snapshot: "",
    name: "",
  };
}

/** The spine that a draft asks for; null while something of it is missing. */
export function spineOf(draft: SetDraft, views: OfferedView[]): TrainingSetSpine | null {
  const { kind, upload, sql, group, view } = draft.spine;
  if (kind === "upload") return upload ? { upload: upload.path as `upload:${string}` } : null;
  if (kind === "sql") return sql.trim() === "" ? null : { sql };
  if (kind === "view") {
    const offered = views.find((one) => one.name === view)?.spine;
    return offered ? { sql: offered.sql } : null;
  }
  if (group.name === "") return null;
  const start = instantOf(group.start);
  const end = instantOf(group.end);
  if (start === null || end === null) return null;
  return { group: { name: group.name, ...(start && { start }), ...(end && { end }) } };
}

/** An instant as typed, in UTC; empty stays empty, null is not one. */
export function instantOf(text: string): string | null {
  return text.trim() === "" ? "" : parseInstant(text);
}

/** Keeps what was seen of the rows, and chooses the time and label columns that were not chosen yet. */
export function withSeen(draft: SetDraft, of: string, preview: SpinePreview): SetDraft {
  const { columns, rowCount, entities } = preview;
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  const likelyTime = columns.find((column) => column.role === "event_time")?.name;
  return {
    ...draft,
    seen: { of, columns, rowCount, entities },
    timestampColumn: has(draft.timestampColumn) ? draft.timestampColumn : (preview.timestampColumn ?? likelyTime ?? ""),
    label: has(draft.label) ? draft.label : (["label", "target", "y"].find(has) ?? ""),
  };
}

/** Another kind of rows, or other rows: what was said about the ones before counts no more. */
export function withSpine(draft: SetDraft, spine: Partial<SetDraft["spine"]>, views: OfferedView[]): SetDraft {
  const next = { ...draft, spine: { ...draft.spine, ...spine } };
  if (next.spine.kind === draft.spine.kind && next.spine.view === draft.spine.view) {
    const regrouped = spine.group !== undefined && spine.group.name !== draft.spine.group.name;
    return regrouped ? { ...next, timestampColumn: "", label: "" } : next;
  }
  const offered = next.spine.kind === "view" ? views.find((one) => one.name === next.spine.view)?.spine : null;
  return { ...next, timestampColumn: offered?.timestampColumn ?? "", label: offered?.label ?? "" };
}

/** Of the columns that a look at a feature group gives, those that are its rows: its keys and then its event time. */
export function ownColumns(names: string[], eventTime: string): string[] {
  return names.slice(0, names.indexOf(eventTime) + 1);
}

/** The columns of the rows. What else a look at a feature group shows can be the label, and only that comes with it. */
export function spineColumns(draft: SetDraft): string[] {
  const names = draft.seen?.columns.map((column) => column.name) ?? [];
  if (draft.spine.kind !== "group") return names;
  const own = ownColumns(names, draft.timestampColumn);
  return draft.label === "" || own.includes(draft.label) ? own : [...own, draft.label];
}

/** A request without its name; also while parts of the draft are missing. */
export type SetRequest = Omit<CreateTrainingSet, "name" | "fullFeatureNames">;

/** What is joined to what, without the options that change no feature value. */
function contentOf(draft: SetDraft, views: OfferedView[]): Omit<SetRequest, "nullKeys" | "fillNull"> {
  const { kind, view } = draft.spine;
  const spine = spineOf(draft, views);
  // Named by its view alone, so that the manifest says whose rows these are.
  const own = kind === "view" && draft.source === "view" && view === draft.view && draft.label !== "";
  return {
    ...(draft.source === "view" ? { view: draft.view } : { joins: draft.joins.map(joinOf) }),
    ...(spine && !own && { spine }),
    ...(draft.timestampColumn !== "" && { timestampColumn: draft.timestampColumn }),
    ...(draft.label !== "" && { label: draft.label }),
    ...(draft.snapshot !== "" && { snapshot: draft.snapshot }),
    asKnown: draft.asKnown,
  };
}

/** The request that a draft asks for, without its name. */
export function requestOf(draft: SetDraft, views: OfferedView[]): SetRequest {
  const split = splitOf(draft.split);
  return {
    ...contentOf(draft, views),
    ...(draft.rowLimit !== "" && { rowLimit: Number(draft.rowLimit) }),
    ...(split && { split }),
    fillNull: fillsOf(draft.fillNull, draft.looked?.columns ?? []).values,
    nullKeys: draft.nullKeys,
  };
}

/** Tells one content from another: what a preview was made of. */
export function contentKey(draft: SetDraft, views: OfferedView[]): string {
  return JSON.stringify([draft.source, contentOf(draft, views)]);
}

function joinOf({ group, version, prefix, keys, features }: SetJoin): NonNullable<CreateTrainingSet["joins"]>[number] {
  const mapped = Object.entries(keys).filter(([key, column]) => column !== "" && column !== key);
  return {
    group,
    ...(version !== null && { version }),
    ...(prefix.trim() !== "" && { prefix: prefix.trim() }),
    keys: Object.fromEntries(mapped),
    features,
  };
}

/** A warning told from others, so that a decision about it is kept. */
export function idOfWarning({ code, column }: Pick<Warning, "code" | "column">): string {
  return `${code} ${column ?? ""}`;
}

/** Warnings that the label may be known already: somebody has to decide about each. */
export function isLeak({ code }: Pick<Warning, "code">): boolean {
  return code === "event_time_is_label_time" || code === "associated_with_label";
}

/** A name for a training set of `base` that nobody has taken. */
export function suggestName(base: string, taken: ReadonlySet<string>): string {
  const clean = base
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "");
  const first = `${clean === "" ? "training" : clean}_set`.slice(-58).replace(/^[^a-z]+/, "");
  if (!taken.has(first)) return first;
  for (let number = 2; ; number++) if (!taken.has(`${first}_${number}`)) return `${first}_${number}`;
}
