import Link from "next/link";
import { Section } from "@/components/catalog/section";
import { ChangeLines } from "@/components/changes/change-lines";
import { formatCount } from "@/components/ui/numbers";
import { may } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { type ChangeRequestSummary, ListChangeRequests } from "@/lib/registry/change-schema";
import { listChangeRequests } from "@/lib/registry/list-change-requests";

const SHOWN = 5;

function Changes({
  title,
  href,
  page,
}: {
  title: string;
  href: string;
  page: { items: ChangeRequestSummary[]; total: number };
}): React.ReactElement | null {
  if (page.items.length === 0) return null;
  return (
    <Section title={title} aside={<Link href={href}>All {formatCount(page.total)}</Link>}>
      <ChangeLines changes={page.items} />
    </Section>
  );
}

/** What waits for the reader's decision, and what of theirs waits for one of somebody else; nothing when nothing waits. */
export async function WaitingChanges({ ctx }: { ctx: Context }): Promise<React.ReactElement> {
  const none = { items: [], total: 0 };
  const paging = ListChangeRequests.parse({ limit: SHOWN });
  const [inbox, own] = await Promise.all([
    may(ctx.actor, "change.decide") ? listChangeRequests(ctx, { ...paging, inbox: true }) : none,
    may(ctx.actor, "change.request") ? listChangeRequests(ctx, { ...paging, mine: true, state: "OPEN" }) : none,
  ]);
  return (
    <>
      <Changes title="Waiting for you" href="/change-requests" page={inbox} />
      <Changes title="Your requests" href="/change-requests?tab=mine" page={own} />
    </>
  );
}
