import { KeyTypeText, parseDataType } from "@/lib/kernel/data-types";
import type { Column } from "@/lib/kernel/values";
import type { JoinKey } from "./definition-schema";

/** A column and what it most likely is in a feature group. `entity`: the known entity whose join key it would be. */
export type ColumnGuess = Column & { role: "key" | "event_time" | "feature"; entity: string | null };

type KnownEntity = { name: string; joinKeys: JoinKey[] };

/** Names of times at which something happened, the likeliest first. */
const EVENT_NAMES = ["event_timestamp", "event_time", "event_at", "timestamp", "ts", "time", "datetime", "date", "day"];
/** Names of times at which a row was written rather than something happened. */
const WRITTEN = /(^|_)(created|updated|inserted|ingested|loaded|modified|processed)(_|$)/;
const KEY_NAME = /^id$|(^|_)(id|key|code|uuid)$/;

/**
 * Guesses what the columns of a SELECT are: join keys of the known entity most of whose keys they hold, the event time,
 * and features. Where no entity fits, the first column that looks like an id would be the key of a new one.
 */
export function guessColumns(columns: Column[], entities: KnownEntity[]): ColumnGuess[] {
  const entity = bestEntity(columns, entities);
  const keys = entity ? entity.joinKeys.map((key) => key.name) : newKey(columns);
  const time = eventTime(columns.filter((column) => !keys.includes(column.name)));
  return columns.map(({ name, type }) => {
    if (keys.includes(name)) return { name, type, role: "key", entity: entity?.name ?? null };
    return { name, type, role: name === time ? "event_time" : "feature", entity: null };
  });
}

/** The entity with the most join keys among those whose keys are all there, by name and type. */
function bestEntity(columns: Column[], entities: KnownEntity[]): KnownEntity | null {
  const types = new Map(columns.map((column) => [column.name, column.type]));
  const fitting = entities.filter(
    ({ joinKeys }) => joinKeys.length > 0 && joinKeys.every((key) => isSameKey(types.get(key.name), key.type)),
  );
  fitting.sort((a, b) => b.joinKeys.length - a.joinKeys.length || (a.name < b.name ? -1 : 1));
  return fitting[0] ?? null;
}

/** Integers of either width hold the same keys; the engine casts them without loss or refuses. */
function isSameKey(given: string | undefined, wanted: string): boolean {
  return given === wanted || (/^INT(32|64)$/.test(given ?? "") && /^INT(32|64)$/.test(wanted));
}

function newKey(columns: Column[]): string[] {
  const possible = columns.filter(
    ({ type }) => KeyTypeText.safeParse(type).success && !["BOOL", "DATE", "TIMESTAMP"].includes(type),
  );
  const found = possible.find(({ name }) => KEY_NAME.test(plain(name)));
  return found ? [found.name] : [];
}

function eventTime(columns: Column[]): string | null {
  const times = columns.filter(({ type }) => {
    const parsed = parseDataType(type);
    return parsed?.length === null && (parsed.kind === "TIMESTAMP" || parsed.kind === "DATE");
  });
  const rank = ({ name, type }: Column): number => {
    const known = EVENT_NAMES.indexOf(plain(name));
    const written = WRITTEN.test(plain(name)) ? 100 : 0;
    return written + (type === "TIMESTAMP" ? 0 : 50) + (known < 0 ? EVENT_NAMES.length : known);
  };
  return [...times].sort((a, b) => rank(a) - rank(b))[0]?.name ?? null;
}

/** A column name as Larder would write it: `Shop ID` and `shopId` are `shop_id`. */
function plain(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_");
}
