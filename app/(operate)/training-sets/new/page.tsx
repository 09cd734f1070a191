import type { Metadata } from "next";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { singleParams } from "@/components/ui/search-params";
import { listTrainingSets } from "@/lib/datasets/list-training-sets";
import { pageContext } from "@/lib/http/page-context";
import { listFeatureViews } from "@/lib/registry/list-feature-views";
import { TrainingSetForm } from "./form";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "New training set" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Build a training set from a feature view. */
export default async function NewTrainingSetPage({ searchParams }: Props): Promise<React.ReactElement> {
  const { view = null } = singleParams(await searchParams);
  const ctx = await pageContext();
  const [views, sets] = await Promise.all([
    listFeatureViews(ctx, { limit: 200 }),
    listTrainingSets(ctx, { limit: 200 }),
  ]);
  return (
    <>
      <PageHeader
        title="New training set"
        breadcrumbs={[{ label: "Training sets", href: "/training-sets" }]}
        description="Each row of the spine gets the feature values that were known at its time."
      />
      {views.items.length === 0 ? (
        <EmptyState
          title="There is no feature view to build from"
          action={
            <LinkButton href="/feature-views" variant="default">
              About feature views
            </LinkButton>
          }
        >
          <p>A training set reads the features of a view. Define a view first.</p>
        </EmptyState>
      ) : (
        <TrainingSetForm
          key={view}
          view={view}
          views={views.items.map(({ name, description, columns, spine }) => ({ name, description, columns, spine }))}
          taken={sets.items.map((set) => set.name)}
        />
      )}
    </>
  );
}
