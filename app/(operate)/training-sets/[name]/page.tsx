import type { Metadata } from "next";
import { orNotFound } from "@/app/or-not-found";
import { LinkButton } from "@/components/ui/link-button";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { RunProgress } from "@/components/ui/run-progress";
import { singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import { getTrainingSet } from "@/lib/datasets/get-training-set";
import { pageContext } from "@/lib/http/page-context";
import { getRun } from "@/lib/jobs/get-run";
import { isLarderError } from "@/lib/kernel/errors";
import { isFinished, type Run } from "@/lib/kernel/run";
import { StateMark } from "../state-mark";
import { Failed } from "./failed";
import { Overview, Reproduce, UseSet } from "./ready";
import { SetFacts } from "./set-facts";

export const dynamic = "force-dynamic";

type Props = {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const TABS = [
  { value: "overview", label: "Overview" },
  { value: "manifest", label: "Manifest" },
  { value: "use", label: "Use it" },
];

/** The title of the tab. */
export async function generateMetadata({ params }: Pick<Props, "params">): Promise<Metadata> {
  return { title: (await params).name };
}

async function runOf(id: string | null): Promise<Run | null> {
  if (id === null) return null;
  try {
    return await getRun(await pageContext(), { id });
  } catch (error) {
    if (isLarderError(error) && error.code === "run_not_found") return null;
    throw error;
  }
}

/** One training set: being built with its progress, failed with the reason, or ready with all that is known of it. */
export default async function TrainingSetPage({ params, searchParams }: Props): Promise<React.ReactElement> {
  const [{ name }, query, ctx] = await Promise.all([params, searchParams, pageContext()]);
  const set = await orNotFound(getTrainingSet(ctx, { name }));
  const { tab = "overview", use } = singleParams(query);
  const nameOf = await loadActorNames(ctx.db, [set.createdBy]);
  const run = set.state === "READY" ? null : await runOf(set.runId);
  const failed =
    set.state === "FAILED" ||
    (set.state === "BUILDING" && run !== null && isFinished(run.state) && run.state !== "SUCCEEDED");
  return (
    <>
      <PageHeader
        title={set.name}
        mono
        breadcrumbs={[{ label: "Training sets", href: "/training-sets" }]}
        meta={<StateMark state={failed ? "FAILED" : set.state} />}
        action={
          set.state === "READY" &&
          may(ctx.actor, "data.read") && (
            <LinkButton external href={`/api/v1/training-sets/${set.name}/data`}>
              Download Parquet
            </LinkButton>
          )
        }
      />
      <SetFacts set={set} createdBy={nameOf(set.createdBy)} />
      {failed && <Failed set={set} run={run} />}
      {set.state === "BUILDING" && !failed && set.runId && (
        <div style={{ marginTop: 24 }}>
          <RunProgress runId={set.runId} initial={run ?? undefined} />
        </div>
      )}
      {set.state === "READY" && set.manifest && (
        <>
          <LinkTabs
            param="tab"
            label="About the set"
            current={TABS.some((one) => one.value === tab) ? tab : "overview"}
            tabs={TABS}
          />
          {tab === "manifest" ? (
            <Reproduce set={set} manifest={set.manifest} />
          ) : tab === "use" ? (
            <UseSet set={set} manifest={set.manifest} use={use} />
          ) : (
            <Overview set={set} manifest={set.manifest} />
          )}
        </>
      )}
    </>
  );
}
