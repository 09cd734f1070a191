import { Suspense } from "react";
import { Section } from "@/components/catalog/section";
import { CommitTable } from "@/components/snapshots/commit-table";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { Pager } from "@/components/ui/pager";
import { may } from "@/lib/access/authorize";
import { listCommits } from "@/lib/datasets/list-commits";
import type { Context } from "@/lib/platform/context";
import { CommitActions } from "./commit-actions";
import { Retention } from "./retention";

const PER_PAGE = 50;

/** The history of a group: its commits, what can be done with each, and how long they are kept. */
export async function Commits({
  ctx,
  group,
  cursor,
}: {
  ctx: Context;
  group: { name: string; version: number; versions: number[] };
  cursor?: string;
}): Promise<React.ReactElement> {
  const { name, version } = group;
  const [page, newest] = await Promise.all([
    listCommits(ctx, { name, version, limit: PER_PAGE, cursor }),
    listCommits(ctx, { name, version, limit: 1 }),
  ]);
  const head = newest.items[0];
  return (
    <>
      <Section
        title="Commits"
        aside={
          page.total > 1 ? (
            <LinkButton size="compact-xs" variant="default" href={`/snapshots/compare?to=${name}`}>
              Compare two
            </LinkButton>
          ) : undefined
        }
      >
        <CommitTable
          commits={page.items}
          actions={(commit) =>
            commit.expiredAt || !head ? null : (
              <CommitActions
                group={name}
                version={version}
                commit={{ sequence: commit.sequence, liveRows: commit.liveRows }}
                head={{ sequence: head.sequence, liveRows: head.liveRows }}
                may={{
                  snapshot: may(ctx.actor, "snapshot.write"),
                  restore: may(ctx.actor, "history.write") && version === Math.max(version, ...group.versions),
                }}
              />
            )
          }
        />
        <Pager total={page.total} limit={PER_PAGE} cursor={cursor} nextCursor={page.nextCursor} />
      </Section>
      {head && (
        <Suspense
          fallback={<p role="status">Looking what retention would take away of {formatCount(head.liveRows)} rows…</p>}
        >
          <Retention ctx={ctx} group={name} version={version} />
        </Suspense>
      )}
    </>
  );
}
