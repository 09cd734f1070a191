import type { Metadata } from "next";
import { loadJoinKeys } from "@/app/(catalog)/load-choices";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { TrainingWizard } from "@/components/training/training-wizard";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { singleParams } from "@/components/ui/search-params";
import { authorize } from "@/lib/access/authorize";
import { listSnapshots } from "@/lib/datasets/list-snapshots";
import { listTrainingSets } from "@/lib/datasets/list-training-sets";
import { pageContext } from "@/lib/http/page-context";
import { listFeatureViews } from "@/lib/registry/list-feature-views";
import { createTrainingSet } from "./actions";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "New training set" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Build a training set, guided: rows, features, a preview, options, a name. */
export default async function NewTrainingSetPage({ searchParams }: Props): Promise<React.ReactElement> {
  const { view = null } = singleParams(await searchParams);
  const ctx = await pageContext();
  const allowed = await orForbidden(ctx, (async () => authorize(ctx, "training_set.create", "training_set:*"))());
  if (allowed instanceof Forbidden) return <NoPermission title="New training set" detail={allowed.detail} />;
  const [views, sets, snapshots, joinKeys] = await Promise.all([
    listFeatureViews(ctx, { limit: 200 }),
    listTrainingSets(ctx, { limit: 200 }),
    listSnapshots(ctx, { limit: 200 }),
    loadJoinKeys(ctx),
  ]);
  return (
    <>
      <PageHeader
        title="New training set"
        breadcrumbs={[{ label: "Training sets", href: "/training-sets" }]}
        description="Each of your rows gets the feature values that were known at its time, never later. Nothing is built before the last step."
      />
      {Object.keys(joinKeys).length === 0 ? (
        <EmptyState
          title="There are no features to train with"
          action={<LinkButton href="/feature-groups/new">Register a feature group</LinkButton>}
        >
          <p>A training set joins features to your rows. Register the first feature group, then come back.</p>
        </EmptyState>
      ) : (
        <TrainingWizard
          project={ctx.project.name}
          views={views.items.map(({ name, description, columns, spine, joins }) => ({
            ...{ name, description, columns, spine, joins },
          }))}
          joinKeys={joinKeys}
          snapshots={snapshots.items.map((snapshot) => snapshot.name)}
          taken={sets.items.map((set) => set.name)}
          view={views.items.some((one) => one.name === view) ? view : null}
          create={createTrainingSet}
        />
      )}
    </>
  );
}
