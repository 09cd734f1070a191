import {
  encodeRow,
  eventTimeOf,
  jsonAt,
  type OnlineRowText,
  openRow,
  orderOf,
  type RowSchema,
  toJson,
  valueAt,
} from "@/lib/compute/online-row";
import type { LatestRow } from "@/lib/engines/offline/port";
import { isLarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import { PUSHED_FROM } from "./online-tables";
import type { ParityExample, ParityReport } from "./schema";

export type Verdict = "equal" | "newer" | "mismatched" | "missing" | "extra";

/** What both sides are compared by. `index`: the place of a feature in the rows of both. */
export type Terms = {
  watermark: number;
  online: RowSchema;
  features: { name: string; personal: boolean; online: number; offline: number }[];
};

const EXAMPLES = 20;
/** Where an example tells event times; no feature can be called so. */
const EVENT_TIME = "eventTime";
const NO_COLUMNS: RowSchema = { mark: "", columns: [] };

/** Whether the online row of a key is what history says as of the watermark, or rightly newer. */
export function judge(terms: Terms, online: OnlineRowText | null, offline: LatestRow | null): Verdict {
  if (online === null) return offline === null ? "equal" : "missing";
  const order = orderOf(online);
  const isLater = order.rowNumber >= PUSHED_FROM || order.commitSequence > terms.watermark;
  if (offline === null) return isLater ? "newer" : "extra";
  const [one, other] = [orderText(order), orderText(offline)];
  if (one !== other) return one > other && isLater ? "newer" : "mismatched";
  return differing(terms, online, offline).length === 0 ? "equal" : "mismatched";
}

/** A report whose examples tell values of these features only. Keys stay, and event times. */
export function withValuesOf(report: ParityReport, features: ReadonlySet<string>): ParityReport {
  const kept = (values: Record<string, Value> | null): Record<string, Value> | null =>
    values && Object.fromEntries(Object.entries(values).filter(([name]) => name === EVENT_TIME || features.has(name)));
  const examples = report.examples.map((example) => ({
    ...example,
    online: kept(example.online),
    offline: kept(example.offline),
  }));
  return { ...report, examples };
}

/** Adds the verdict on one key to a report, with an example where something is wrong. */
export function addVerdict(
  report: ParityReport,
  terms: Terms,
  given: { key: readonly Value[]; online: OnlineRowText | null; offline: LatestRow | null },
): void {
  const verdict = judge(terms, given.online, given.offline);
  report.checked += 1;
  report[verdict] += 1;
  if (verdict === "equal" || verdict === "newer" || report.examples.length >= EXAMPLES) return;
  report.examples.push(exampleOf(verdict, terms, given));
}

function exampleOf(
  problem: ParityExample["problem"],
  terms: Terms,
  { key, online, offline }: { key: readonly Value[]; online: OnlineRowText | null; offline: LatestRow | null },
): ParityExample {
  const example: ParityExample = {
    key: [...key],
    problem,
    online: online === null ? null : {},
    offline: offline && {},
  };
  if (online === null || offline === null) return example;
  const at = eventTimeOf(online);
  if (at !== offline.eventTime) {
    example.online = { [EVENT_TIME]: at };
    example.offline = { [EVENT_TIME]: offline.eventTime };
  }
  for (const feature of differing(terms, online, offline)) {
    if (feature.personal) continue;
    example.online = { ...example.online, [feature.name]: onlineValue(terms, online, feature.online) };
    example.offline = { ...example.offline, [feature.name]: offline.values[feature.offline] ?? null };
  }
  return example;
}

function differing(terms: Terms, online: OnlineRowText, offline: LatestRow): Terms["features"] {
  try {
    const open = openRow(terms.online, online);
    return terms.features.filter(
      (feature) => jsonAt(open, feature.online) !== toJson(offline.values[feature.offline] ?? null),
    );
  } catch (error) {
    // A row that cannot be read has no value that is right.
    if (isLarderError(error) && error.code === "data_corrupt") return terms.features;
    throw error;
  }
}

function onlineValue(terms: Terms, row: OnlineRowText, index: number): Value {
  try {
    return valueAt(openRow(terms.online, row), index);
  } catch {
    return null;
  }
}

/** Orders compare as the texts that rows begin with. */
function orderText({ eventTime, createdTime, commitSequence, rowNumber }: ReturnType<typeof orderOf>): string {
  return encodeRow(NO_COLUMNS, { eventTime, createdTime, commitSequence, rowNumber }, []);
}
