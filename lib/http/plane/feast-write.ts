import { authorize } from "@/lib/access/authorize";
import type { Value } from "@/lib/kernel/values";
import type { ServedGroup } from "@/lib/serving/serving-catalog";
import { MAX_PUSHED_ROWS, PushTo } from "@/lib/streaming/schema";
import { fieldsOf, invalid, nameOf } from "./feast-body";
import { FeastFault } from "./feast-errors";
import { fromFeast } from "./feast-values";
import { groupOf, push } from "./push-routes";
import type { PlaneAnswer, PlaneRequest } from "./route";

/** How Feast's clients name the times of a row, whatever the group calls them. */
const EVENT_TIME = "event_timestamp";
const CREATED_TIME = "created";

/** Answers `/push`: a push source is a feature group. */
export async function pushFeast(request: PlaneRequest): Promise<PlaneAnswer> {
  const { push_source_name: source, df, to = "online" } = fieldsOf(request.body);
  authorize(request.ctx, to === "offline" ? "rows.write" : "online.write", `project:${request.ctx.project.name}`);
  const name = nameOf(source, "push_source_name");
  const group = request.catalog.groups.find((candidate) => candidate.latest && candidate.name === name);
  if (!group)
    throw new FeastFault(
      "PushSourceNotFoundException",
      "feature_group_not_found",
      `Unable to find push source '${name.slice(0, 80)}': there is no feature group of this name that is served online`,
      422,
    );
  const mode = PushTo.safeParse(to);
  if (!mode.success) throw invalid(`to must be one of ${PushTo.options.join(", ")}`);
  await pushAll(request, group, df, mode.data);
  return { status: 200, body: "" };
}

/** Answers `/write-to-online-store`, which clients call for pushes and for their own materialization. */
export async function writeFeast(request: PlaneRequest): Promise<PlaneAnswer> {
  const { feature_view_name: view, df } = fieldsOf(request.body);
  authorize(request.ctx, "online.write", `project:${request.ctx.project.name}`);
  await pushAll(request, groupOf(request.catalog, nameOf(view, "feature_view_name")), df, "online");
  return { status: 200, body: "null" };
}

async function pushAll(
  { ctx, catalog, key, signal }: PlaneRequest,
  group: ServedGroup,
  df: unknown,
  to: PushTo,
): Promise<void> {
  const rows = rowsOf(group, df);
  const featureGroup = group.name;
  // Clients that materialize send as many rows as they have; only history takes them as one.
  const size = to === "online" ? MAX_PUSHED_ROWS : rows.length;
  for (let at = 0; at === 0 || at < rows.length; at += size)
    await push(ctx, catalog, { featureGroup, rows: rows.slice(at, at + size), to }, { key, signal });
}

/** The rows of a data frame that came column by column. */
function rowsOf(group: ServedGroup, df: unknown): Record<string, Value>[] {
  const frame = fieldsOf(df, "df must be an object with a list of values for each column");
  const columns = Object.entries(frame).flatMap(([sent, values]) => {
    if (!Array.isArray(values)) throw invalid(`df.${sent.slice(0, 80)} must be a list of values`);
    const name = columnOf(group, sent, frame);
    return name === null ? [] : [{ name, values: values as Value[], read: fromFeast(typeOf(group, name)) }];
  });
  const count = columns[0]?.values.length ?? 0;
  if (columns.some(({ values }) => values.length !== count)) throw invalid("The lists of df must be equally long");
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(columns.map(({ name, values, read }) => [name, read(values[row] ?? null)])),
  );
}

/** The group's column that a column of a data frame is; null: the group keeps no such time of its own. */
function columnOf(group: ServedGroup, sent: string, frame: Record<string, unknown>): string | null {
  if (isColumn(group, sent)) return sent;
  if (sent === EVENT_TIME && !Object.hasOwn(frame, group.eventTime)) return group.eventTime;
  if (sent !== CREATED_TIME) return sent;
  const { createdTime } = group;
  return createdTime !== null && Object.hasOwn(frame, createdTime) ? null : createdTime;
}

function isColumn({ keys, eventTime, createdTime, features }: ServedGroup, name: string): boolean {
  return [...keys, ...features].some((column) => column.name === name) || name === eventTime || name === createdTime;
}

function typeOf({ keys, features }: ServedGroup, name: string): string {
  const feature = features.find((one) => one.name === name);
  return feature?.dataType ?? keys.find((key) => key.name === name)?.type ?? "TIMESTAMP";
}
