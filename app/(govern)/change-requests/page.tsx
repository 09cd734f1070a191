import type { Metadata } from "next";
import { ChangeTable } from "@/components/changes/change-table";
import { LinkTabs } from "@/components/ui/link-tabs";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { readParams, singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { ListChangeRequests } from "@/lib/registry/change-schema";
import { listChangeRequests } from "@/lib/registry/list-change-requests";
import { NoChanges } from "./no-changes";
import { TABS } from "./tabs";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Change requests" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Who asks for which status, what waits for the reader, and what was decided. */
export default async function ChangeRequestsPage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const params = singleParams(await searchParams);
  const decides = may(ctx.actor, "change.decide");
  const tabs = TABS.filter((tab) => tab.value !== "inbox" || decides);
  const tab = tabs.find((one) => one.value === params.tab) ?? tabs[0] ?? TABS[1];
  const paging = readParams(ListChangeRequests, { cursor: params.cursor ?? "" });
  const query = { ...paging, cursor: params.cursor, ...tab.filter };
  const [page, waiting] = await Promise.all([
    listChangeRequests(ctx, query),
    decides ? listChangeRequests(ctx, { ...paging, cursor: undefined, inbox: true, limit: 1 }) : null,
  ]);
  const labelled = tabs.map(({ value, label }) => ({
    value,
    label: value === "inbox" && waiting && waiting.total > 0 ? `${label} (${formatCount(waiting.total)})` : label,
  }));
  return (
    <>
      <PageHeader
        title="Change requests"
        description="No feature becomes active, deprecated or retired unseen: one person asks, another decides, with checks and impact before them."
      />
      <LinkTabs param="tab" label="Change requests" current={tab.value} tabs={labelled} />
      <ChangeTable
        caption={`Change requests: ${tab.label}`}
        changes={page.items}
        closed={tab.value === "mine" || tab.value === "closed"}
        empty={<NoChanges tab={tab.value} requests={may(ctx.actor, "change.request")} />}
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
