import type { Metadata } from "next";
import Link from "next/link";
import { orNotFound } from "@/app/or-not-found";
import { Facts } from "@/components/catalog/section";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { RunProgress } from "@/components/ui/run-progress";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { STARTS } from "@/lib/jobs/attempts";
import { getRun } from "@/lib/jobs/get-run";
import type { Run } from "@/lib/kernel/run";
import { RUN_KIND_LABELS } from "../words";
import { Failures } from "./failures";
import { LiveState } from "./live-state";
import { RetryButton } from "./retry-button";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ id: string }> };

/** The title of the tab. */
export async function generateMetadata(): Promise<Metadata> {
  return { title: "Run" };
}

/** The training set a run built, by the title every such run has. */
function trainingSetOf(run: Run): string | null {
  const named = run.result?.name;
  if (typeof named === "string") return named;
  return run.kind === "training_set" ? (/^Build training set ([a-z][a-z0-9_]*)$/.exec(run.title)?.[1] ?? null) : null;
}

/** One run: its steps as they go, its log, and how it ended. */
export default async function RunPage({ params }: Props): Promise<React.ReactElement> {
  const { id } = await params;
  const ctx = await pageContext();
  const run = await orNotFound(getRun(ctx, { id }));
  const canRetry = (run.state === "FAILED" || run.state === "CANCELLED") && may(ctx.actor, STARTS[run.kind]);
  const set = trainingSetOf(run);
  return (
    <>
      <PageHeader
        title={run.title}
        breadcrumbs={[{ label: "Runs", href: "/runs" }]}
        meta={<LiveState initial={run} />}
        action={canRetry && <RetryButton runId={run.id} />}
      />
      <Facts
        facts={[
          ["Kind", RUN_KIND_LABELS[run.kind]],
          [
            "Result",
            set && (
              <Link key="s" href={`/training-sets/${set}`} className="mono">
                {set}
              </Link>
            ),
          ],
          [
            "Asked for",
            <span key="a">
              <RelativeTime at={run.createdAt} /> by {run.requestedBy}
            </span>,
          ],
          ["Started", run.startedAt ? <RelativeTime key="b" at={run.startedAt} /> : "not yet"],
          ["Finished", run.finishedAt ? <RelativeTime key="f" at={run.finishedAt} /> : "not yet"],
          [
            "Attempt",
            <span key="n" className="number">
              {run.attempt}
            </span>,
          ],
          ["Next attempt", run.notBefore && <RelativeTime key="w" at={run.notBefore} />],
          [
            "Tries again",
            run.retryOf && (
              <Link key="r" href={`/runs/${run.retryOf}`}>
                an earlier run
              </Link>
            ),
          ],
          [
            "Id",
            <span key="i" className="mono">
              {run.id}
            </span>,
          ],
        ]}
      />
      <Failures failures={run.failures} />
      <RunProgress runId={run.id} initial={run} />
    </>
  );
}
