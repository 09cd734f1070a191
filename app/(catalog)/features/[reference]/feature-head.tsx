import { Group } from "@mantine/core";
import Link from "next/link";
import { possibleMoves } from "@/app/(govern)/change-requests/moves";
import { RequestChange } from "@/app/(govern)/change-requests/request-change";
import { featureHref, groupHref } from "@/components/catalog/links";
import { Tags } from "@/components/catalog/section";
import { OpenChanges } from "@/components/changes/change-lines";
import { LifecycleNotice } from "@/components/changes/lifecycle-notice";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { StatusBadge } from "@/components/ui/status-badge";
import { may } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { FeatureDetail } from "@/lib/registry/schema";

/** The head of a feature's page: what it is, what one may ask for, and whether it is on its way out. */
export function FeatureHead({ ctx, feature }: { ctx: Context; feature: FeatureDetail }): React.ReactElement {
  return (
    <>
      <PageHeader
        mono
        title={feature.name}
        breadcrumbs={[
          { label: "Features", href: "/features" },
          { label: feature.group, href: `/features?group=${feature.group}` },
        ]}
        description={feature.description || "No description yet."}
        meta={
          <>
            <StatusBadge status={feature.status} />
            <span className="mono">{feature.dataType}</span>
            <Link href={groupHref(feature.group)} className="mono">
              {feature.group}
            </Link>
            <Link href={`/entities/${feature.entity}`}>{feature.entity}</Link>
            <Tags tags={feature.tags} />
          </>
        }
        action={
          <Group gap="xs">
            {may(ctx.actor, "definition.write") && (
              <LinkButton href={`${featureHref(feature.reference)}/edit`} variant="default">
                Edit
              </LinkButton>
            )}
            <RequestChange
              group={feature.group}
              version={feature.groupVersion}
              subject={feature.name}
              moves={possibleMoves(ctx, [feature])}
            />
            <LinkButton href="#use-it">Use it</LinkButton>
          </Group>
        }
      />
      <LifecycleNotice status={feature.status} deprecation={feature.deprecation} />
      <OpenChanges changes={feature.openChange ? [feature.openChange] : []} />
    </>
  );
}
