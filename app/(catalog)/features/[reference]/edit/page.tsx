import type { Metadata } from "next";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { decodeSegment, orNotFound } from "@/app/or-not-found";
import { featureHref } from "@/components/catalog/links";
import { FeatureForm } from "@/components/registry/feature-form";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { NoPermission } from "@/components/ui/no-permission";
import { PageHeader } from "@/components/ui/page-header";
import { authorize } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { getDefinition } from "@/lib/registry/get-definition";
import { getFeature } from "@/lib/registry/get-feature";
import { describeFeature } from "../../../definition-actions";
import { ACTIONS } from "../../../definition-page";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ reference: string }> };

/** The title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${decodeSegment((await params).reference)}` };
}

/** Change what is said about one feature. */
export default async function EditFeaturePage({ params }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const feature = await orNotFound(getFeature(ctx, { reference: decodeSegment((await params).reference) }));
  const title = `Edit ${feature.name}`;
  const allowed = await orForbidden(
    ctx,
    (async () => authorize(ctx, "definition.write", `feature:${feature.reference}`))(),
  );
  if (allowed instanceof Forbidden) return <NoPermission title={title} detail={allowed.detail} />;
  const stored = await orNotFound(getDefinition(ctx, { kind: "feature_group", name: feature.group }));
  const isNewest = stored.version === feature.groupVersion;
  const href = featureHref(feature.reference);
  return (
    <>
      <PageHeader
        title={title}
        breadcrumbs={[
          { label: "Features", href: "/features" },
          { label: feature.reference, href },
        ]}
        description={`Its type and SQL belong to the group ${feature.group}. Before anything is saved, you see what it changes.`}
      />
      {isNewest ? (
        <FeatureForm name={feature.name} stored={stored} actions={ACTIONS} updateFeature={describeFeature} />
      ) : (
        <EmptyState
          title="This version stays as it is"
          action={<LinkButton href={href}>Back to the feature</LinkButton>}
        >
          <p>
            Version {feature.groupVersion} of {feature.group} stands beside version {stored.version}. Only features of
            the newest version can be edited.
          </p>
        </EmptyState>
      )}
    </>
  );
}
