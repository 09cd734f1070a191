import Link from "next/link";
import classes from "@/components/catalog/page-columns.module.css";
import { ParityChecks } from "@/components/catalog/parity-checks";
import { FactList, Section } from "@/components/catalog/section";
import { EmptyState } from "@/components/ui/empty-state";
import { formatMinute } from "@/components/ui/instants";
import { formatAge, formatBytes, formatCount } from "@/components/ui/numbers";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { may } from "@/lib/access/authorize";
import { listMaterializations } from "@/lib/materialization/list-materializations";
import { listParityChecks } from "@/lib/materialization/list-parity-checks";
import type { MaterializationState, MaterializationSummary } from "@/lib/materialization/schema";
import type { Context } from "@/lib/platform/context";
import type { GroupDetail } from "@/lib/registry/schema";
import { MaterializationActions } from "./materialization-actions";

const PER_PAGE = 20;

const STATES: Record<MaterializationState, string> = {
  current: "Online is at the newest commit.",
  behind: "Online is behind its history; a run brings it there by itself.",
  never: "Nothing is online yet.",
  ahead: "Online holds commits that the history does not have, so it is not served. Rebuild it.",
  lost: "The online store has lost this table, so it is not served. Materialize it again.",
};

/** How far a group is online, what brings it further, and whether what is online is right. */
export async function MaterializationTab({
  ctx,
  group,
  cursor,
}: {
  ctx: Context;
  group: GroupDetail;
  cursor?: string | undefined;
}): Promise<React.ReactElement> {
  if (!group.online)
    return (
      <EmptyState title="Not served online">
        The definition says online: false; its values are for training only.
      </EmptyState>
    );
  const [listed, checks] = await Promise.all([
    listMaterializations(ctx, { group: group.name, limit: 1 }),
    may(ctx.actor, "data.read") ? listParityChecks(ctx, { name: group.name, limit: PER_PAGE, cursor }) : null,
  ]);
  const [online] = listed.items;
  if (!online) return <EmptyState title="Not served online">Only the newest version of a group is.</EmptyState>;
  return (
    <div className={classes.roomy}>
      <Section title="Online" aside={STATES[online.state]}>
        {may(ctx.actor, "run.start") && (
          <MaterializationActions group={group.name} isOnline={online.onlineTable !== null} />
        )}
        {online.onlineTable === null ? (
          <EmptyState title="Not loaded yet">
            The online store is filled right after the group is computed, or when you materialize it.
          </EmptyState>
        ) : (
          <FactList facts={factsOf(online)} />
        )}
      </Section>
      {checks && (
        <Section title="Parity" aside="online against offline, as of the commit that is online">
          <ParityChecks checks={checks.items} />
          <Pager total={checks.total} limit={PER_PAGE} cursor={cursor} nextCursor={checks.nextCursor} />
        </Section>
      )}
    </div>
  );
}

function factsOf(online: MaterializationSummary): { name: string; value: React.ReactNode }[] {
  const behind = `${formatCount(online.lagCommits)} ${online.lagCommits === 1 ? "commit" : "commits"}, the oldest since ${formatAge(online.lagSeconds)}`;
  return [
    {
      name: "Commit",
      value: `${formatCount(online.watermarkSequence)} of ${formatCount(online.headSequence)}`,
    },
    { name: "Behind", value: online.lagCommits === 0 ? "nothing" : behind },
    { name: "Newest event time", value: formatMinute(online.watermarkEventTime) },
    { name: "Keys", value: formatCount(online.keys) },
    {
      name: "Size",
      value: `${formatBytes(online.bytes)}${online.keys > 0 ? `, ${formatBytes(online.bytes / online.keys)} per key` : ""}`,
    },
    { name: "Table", value: <span className="mono">{online.onlineTable}</span> },
    {
      name: "Loaded",
      value: (
        <>
          <RelativeTime at={online.updatedAt} />
          {online.lastRun && (
            <>
              {" by "}
              <Link href={`/runs/${online.lastRun.id}`}>a run</Link>
            </>
          )}
        </>
      ),
    },
  ];
}
