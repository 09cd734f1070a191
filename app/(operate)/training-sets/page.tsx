import type { Metadata } from "next";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { formatBytes, formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { RelativeTime } from "@/components/ui/relative-time";
import { singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import { listTrainingSets } from "@/lib/datasets/list-training-sets";
import { ListTrainingSets } from "@/lib/datasets/training-schema";
import { pageContext } from "@/lib/http/page-context";
import { StateMark } from "./state-mark";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Training sets" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Data to train with. */
export default async function TrainingSetsPage({ searchParams }: Props): Promise<React.ReactElement> {
  const query = ListTrainingSets.safeParse(singleParams(await searchParams)).data ?? ListTrainingSets.parse({});
  const ctx = await pageContext();
  const page = await listTrainingSets(ctx, query);
  const nameOf = await loadActorNames(
    ctx.db,
    page.items.map((set) => set.createdBy),
  );
  const make = (words: string): React.ReactNode =>
    may(ctx.actor, "training_set.create") && (
      <LinkButton href={`/training-sets/new${query.view ? `?view=${query.view}` : ""}`}>{words}</LinkButton>
    );
  return (
    <>
      <PageHeader
        title="Training sets"
        description="Rows joined with the feature values that were known at each row's time, never later; stored with everything needed to make them again."
        action={make("New training set")}
      />
      <DataTable
        caption="Training sets"
        rows={page.items}
        rowKey={(set) => set.name}
        rowHref={(set) => `/training-sets/${set.name}`}
        empty={
          <EmptyState
            title={query.view ? `No training set was built from ${query.view} yet` : "No training sets yet"}
            action={make("Build the first one")}
          >
            <p>
              A training set takes rows with a time (a file, SQL or a feature group), joins features to each as they
              were known then, and keeps the result as a Parquet file with its manifest.
            </p>
          </EmptyState>
        }
        columns={[
          { key: "name", header: "Training set", render: (set) => <span className="mono">{set.name}</span> },
          { key: "state", header: "State", render: (set) => <StateMark state={set.state} /> },
          { key: "rows", header: "Rows", align: "right", render: (set) => formatCount(set.rowCount) },
          { key: "size", header: "Size", align: "right", render: (set) => formatBytes(set.byteCount) },
          { key: "view", header: "Feature view", render: (set) => <span className="mono">{set.view ?? "–"}</span> },
          { key: "label", header: "Label", render: (set) => <span className="mono">{set.label ?? "–"}</span> },
          { key: "by", header: "Built by", render: (set) => nameOf(set.createdBy) },
          { key: "created", header: "Created", render: (set) => <RelativeTime at={set.createdAt} /> },
        ]}
      />
      <Pager total={page.total} limit={query.limit} cursor={query.cursor} nextCursor={page.nextCursor} />
    </>
  );
}
