import type { Metadata } from "next";
import { Suspense } from "react";
import { commitWords } from "@/components/snapshots/commit-words";
import { commonGroups, formatSide, parseSide, type Side, sideWords } from "@/components/snapshots/side";
import { type CommitChoice, SidePicker } from "@/components/snapshots/side-picker";
import classes from "@/components/snapshots/snapshots.module.css";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkTabs } from "@/components/ui/link-tabs";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { singleParams } from "@/components/ui/search-params";
import { listCommits } from "@/lib/datasets/list-commits";
import { listSnapshots } from "@/lib/datasets/list-snapshots";
import { pageContext } from "@/lib/http/page-context";
import { isLarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { listFeatureGroups } from "@/lib/registry/list-feature-groups";
import { Compared } from "./compared";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Compare snapshots" };

const OFFERED = 200;

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The commits that a side can be set to; none for a snapshot, or for a group that is not there. */
async function choicesOf(ctx: Context, side: Side | null): Promise<CommitChoice[]> {
  if (side?.kind !== "group") return [];
  const { group: name, version } = side;
  const page = await listCommits(ctx, { name, ...(version ? { version } : {}), limit: OFFERED }).catch((error) => {
    if (isLarderError(error)) return { items: [] };
    throw error;
  });
  return page.items
    .filter(({ sequence, expiredAt }) => expiredAt === null || sequence === side.commit)
    .map((commit) => ({
      sequence: commit.sequence,
      words: `${commitWords(commit)}, ${formatCount(commit.liveRows)} rows`,
    }));
}

/** Two snapshots, or commits of a feature group, side by side. */
export default async function ComparePage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const query = singleParams(await searchParams);
  const [from, to] = [parseSide(query.from), parseSide(query.to)];
  const [snapshots, groups, fromCommits, toCommits] = await Promise.all([
    listSnapshots(ctx, { limit: OFFERED }),
    listFeatureGroups(ctx, { limit: OFFERED }),
    choicesOf(ctx, from),
    choicesOf(ctx, to),
  ]);
  const choices = {
    snapshots: snapshots.items.map(({ name }) => name),
    groups: groups.items.map(({ name }) => name),
  };
  const common = from && to ? commonGroups([from, to], snapshots.items) : [];
  const group = common.find((name) => name === query.group) ?? common[0];
  return (
    <>
      <PageHeader
        title="Compare"
        breadcrumbs={[{ label: "Snapshots", href: "/snapshots" }]}
        description="Columns, rows and statistics of two moments side by side. Statistics that nobody has computed yet are computed now."
      />
      <div className={classes.sides}>
        <SidePicker param="from" title="From" side={from} commits={fromCommits} {...choices} />
        <SidePicker param="to" title="To" side={to} commits={toCommits} {...choices} />
      </div>
      {from && to ? (
        <>
          {common.length > 1 && (
            <LinkTabs
              param="group"
              label="Feature groups of both sides"
              current={group ?? ""}
              tabs={common.map((name) => ({ value: name, label: name }))}
            />
          )}
          <Suspense
            key={`${formatSide(from)} ${formatSide(to)} ${group}`}
            fallback={
              <p role="status" className={classes.note}>
                Comparing {sideWords(from)} with {sideWords(to)}…
              </p>
            }
          >
            <Compared ctx={ctx} from={from} to={to} group={group} />
          </Suspense>
        </>
      ) : (
        <EmptyState title="Choose what to compare">
          <p>Each side is a snapshot, or a feature group as it is now or was at one of its commits.</p>
        </EmptyState>
      )}
    </>
  );
}
