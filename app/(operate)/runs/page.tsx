import type { Metadata } from "next";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { singleParams } from "@/components/ui/search-params";
import { pageContext } from "@/lib/http/page-context";
import { listRuns } from "@/lib/jobs/list-runs";
import { ListRuns } from "@/lib/kernel/run";
import { RunsFilter } from "./runs-filter";
import { RunsTable } from "./runs-table";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Runs" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** What is being computed, and what was. */
export default async function RunsPage({ searchParams }: Props): Promise<React.ReactElement> {
  const query = ListRuns.safeParse(singleParams(await searchParams)).data ?? ListRuns.parse({});
  const page = await listRuns(await pageContext(), query);
  return (
    <>
      <PageHeader
        title="Runs"
        description="Everything long: reading sources, computing groups, loading them online, building training sets."
        action={
          <LinkButton href="/schedules" variant="default">
            Schedules
          </LinkButton>
        }
      />
      <RunsFilter kind={query.kind ?? null} state={query.state ?? null} group={query.group ?? null} />
      <RunsTable key={JSON.stringify(query)} initial={page} query={query} />
    </>
  );
}
