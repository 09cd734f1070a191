import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { orNotFound } from "@/app/or-not-found";
import { Section } from "@/components/catalog/section";
import { DownloadAside } from "@/components/ingest/download-aside";
import classes from "@/components/ingest/ingest.module.css";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/numbers";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { ValueTable } from "@/components/ui/value-table";
import { listQuarantines } from "@/lib/datasets/list-quarantines";
import { readQuarantine } from "@/lib/datasets/read-quarantine";
import type { Context } from "@/lib/platform/context";

const PER_PAGE = 20;
const ROWS = 100;

/** What writes into a group put aside, and the rows of one of them. */
export async function QuarantineTab({
  ctx,
  name,
  cursor,
  chosen,
}: {
  ctx: Context;
  name: string;
  cursor?: string | undefined;
  chosen?: string | undefined;
}): Promise<React.ReactElement> {
  const { items, total, nextCursor } = await listQuarantines(ctx, { name, limit: PER_PAGE, cursor });
  return (
    <div className={classes.stack}>
      {chosen && <Rows ctx={ctx} name={name} id={chosen} />}
      <Section title="Quarantine" aside={`${formatCount(total)} ${total === 1 ? "write" : "writes"}`}>
        <DataTable
          caption={`Quarantine of ${name}`}
          rows={items}
          rowKey={(item) => item.id}
          rowHref={(item) => `/feature-groups/${name}?tab=quarantine&quarantine=${item.id}`}
          empty={
            <EmptyState title="Nothing was put aside">
              With mode=quarantine, rows that a write cannot accept are kept here with their reasons.
            </EmptyState>
          }
          columns={[
            { key: "at", header: "Sent", render: (item) => <RelativeTime at={item.createdAt} /> },
            { key: "rows", header: "Rows", align: "right", render: (item) => formatCount(item.rowCount) },
            {
              key: "why",
              header: "Reasons",
              render: (item) =>
                Object.entries(item.reasons)
                  .map(([code, count]) => `${code} ${formatCount(count)}`)
                  .join(", "),
            },
            {
              key: "commit",
              header: "Commit of the good rows",
              align: "right",
              wide: true,
              render: (item) => (item.commit === null ? "none" : formatCount(item.commit)),
            },
            { key: "by", header: "By", wide: true, render: (item) => item.createdBy },
          ]}
        />
        <Pager total={total} limit={PER_PAGE} cursor={cursor} nextCursor={nextCursor} />
      </Section>
    </div>
  );
}

async function Rows({ ctx, name, id }: { ctx: Context; name: string; id: string }): Promise<React.ReactElement> {
  const table = await orNotFound(orForbidden(ctx, readQuarantine(ctx, { name, id, limit: ROWS })));
  return (
    <Section title="Rows that were put aside" aside={`the first ${ROWS}`}>
      {table instanceof Forbidden ? (
        <p className={classes.quiet}>{table.detail}</p>
      ) : (
        <>
          <ValueTable caption={`Rows put aside in ${id}`} columns={table.columns} rows={table.rows} />
          <DownloadAside group={name} id={id} />
        </>
      )}
    </Section>
  );
}
