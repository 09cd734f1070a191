import { IntervalStrip } from "@/components/intervals/interval-strip";
import { IntervalTable } from "@/components/intervals/interval-table";
import { countWords, suggestedRange } from "@/components/intervals/interval-words";
import { Pager } from "@/components/ui/pager";
import { may } from "@/lib/access/authorize";
import { listIntervals } from "@/lib/datasets/list-intervals";
import type { Context } from "@/lib/platform/context";
import { BackfillButton } from "./backfill-button";

const PER_PAGE = 100;

/** The intervals of a group: which are there, which are not, and a way to compute a range of them. */
export async function IntervalsTab({
  ctx,
  group,
  cursor,
}: {
  ctx: Context;
  group: string;
  cursor?: string;
}): Promise<React.ReactElement> {
  const list = await listIntervals(ctx, { name: group, limit: PER_PAGE, cursor });
  const lookback = list.lookback ? `; those that ended within ${list.lookback} are looked at again` : "";
  return (
    <>
      <div style={{ display: "flex", flexWrap: "wrap", gap: 12, alignItems: "center", margin: "0 0 14px" }}>
        <p style={{ margin: 0, flex: "1 1 240px", fontSize: 13 }}>
          {countWords(list)}. Each is {list.interval} long, counted in UTC{lookback}.
        </p>
        {may(ctx.actor, "history.write") && list.total > 0 && (
          <BackfillButton group={group} suggested={suggestedRange(list)} />
        )}
      </div>
      {list.items.length > 0 && <IntervalStrip list={list} />}
      <IntervalTable items={list.items} />
      <Pager total={list.total} limit={PER_PAGE} cursor={cursor} nextCursor={list.nextCursor} />
    </>
  );
}
