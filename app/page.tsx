import Link from "next/link";
import { Attention, RecentRuns } from "@/components/catalog/attention";
import { CatalogCounts } from "@/components/catalog/catalog-counts";
import { EmptyCatalog } from "@/components/catalog/empty-catalog";
import classes from "@/components/catalog/home.module.css";
import { HomeSearch } from "@/components/catalog/home-search";
import { FeatureLabel, GroupLabel } from "@/components/catalog/label";
import { NextSteps } from "@/components/catalog/next-steps";
import { Section } from "@/components/catalog/section";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { RunProgress } from "@/components/ui/run-progress";
import { listTrainingSets } from "@/lib/datasets/list-training-sets";
import { pageContext } from "@/lib/http/page-context";
import { listRuns } from "@/lib/jobs/list-runs";
import { isFinished } from "@/lib/kernel/run";
import { getOverview } from "@/lib/registry/get-overview";
import { listFeatureGroups } from "@/lib/registry/list-feature-groups";
import { listFeatureViews } from "@/lib/registry/list-feature-views";
import { listFeatures } from "@/lib/registry/list-features";
import { listEntityExamples } from "@/lib/serving/list-entity-examples";
import { requestOrigin } from "./origin";
import { WaitingChanges } from "./waiting-changes";

export const dynamic = "force-dynamic";

/** Home: search first, then what to do next, what needs attention, and what there is. */
export default async function HomePage(): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const [overview, groups, features, views, sets, runs, origin] = await Promise.all([
    getOverview(ctx),
    listFeatureGroups(ctx, { limit: 12 }),
    listFeatures(ctx, { limit: 8, sort: "updated", order: "desc" }),
    listFeatureViews(ctx, { limit: 1 }),
    listTrainingSets(ctx, { limit: 20 }),
    listRuns(ctx, { limit: 6 }),
    requestOrigin(),
  ]);
  const { project, counts } = overview;
  const newest = runs.items[0];
  const live = newest && !isFinished(newest.state) ? newest : null;
  const progress = live && (
    <div className={classes.live}>
      <RunProgress key={live.id} runId={live.id} initial={live} />
    </div>
  );
  if (counts.features === 0) {
    return (
      <>
        <PageHeader title={project.title || project.name} description={project.description} />
        <EmptyCatalog newest={newest} live={live !== null} />
      </>
    );
  }
  const first = features.items.find((feature) => feature.joinKeys.length === 1) ?? features.items[0];
  const examples = first ? await listEntityExamples(ctx, { name: first.entity }) : { keys: [] };
  const example = first
    ? { reference: first.reference, name: first.name, entity: first.entity, key: examples.keys[0] ?? null }
    : null;
  return (
    <>
      <PageHeader title={project.title || project.name} description={project.description} />
      <HomeSearch />
      <CatalogCounts overview={overview} />
      <WaitingChanges ctx={ctx} />
      {progress}
      <div className={classes.columns}>
        <Section title="What to do next">
          <NextSteps
            origin={origin}
            example={example}
            view={views.items[0]?.name ?? null}
            trainingSet={sets.items.find((set) => set.state === "READY")?.name ?? null}
          />
        </Section>
        <div>
          <Section title="Needs attention">
            <Attention groups={groups.items} runs={runs.items} />
          </Section>
          <Section title="What changed" aside={<Link href="/runs">All runs</Link>}>
            <RecentRuns runs={runs.items} />
          </Section>
        </div>
      </div>
      <Section title="Feature groups" aside={<Link href="/feature-groups">All {formatCount(groups.total)}</Link>}>
        <div className={classes.cards}>
          {groups.items.map((group) => (
            <GroupLabel key={group.id} group={group} size="card" />
          ))}
        </div>
      </Section>
      <Section
        title="Recently updated features"
        aside={<Link href="/features">All {formatCount(features.total)}</Link>}
      >
        {features.items.map((feature) => (
          <FeatureLabel key={feature.id} feature={feature} size="row" />
        ))}
      </Section>
    </>
  );
}
