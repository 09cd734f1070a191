import type { Metadata } from "next";
import Link from "next/link";
import { decodeSegment, orNotFound } from "@/app/or-not-found";
import { groupHref } from "@/components/catalog/links";
import classes from "@/components/catalog/page-columns.module.css";
import { Section } from "@/components/catalog/section";
import { CheckList } from "@/components/changes/checks";
import { DecisionList, Terms } from "@/components/changes/decisions";
import { DefinitionDiff } from "@/components/changes/definition-diff";
import { ImpactLists } from "@/components/changes/impact-lists";
import { MovingFeatures } from "@/components/changes/moving-features";
import { StandingNotice } from "@/components/changes/standing-notice";
import { StatisticsDiff, StatisticsLegend } from "@/components/changes/statistics-diff";
import { titleOf } from "@/components/changes/words";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { ChangeStateBadge } from "@/components/ui/status-badge";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { getChangeRequest } from "@/lib/registry/get-change-request";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { Decide } from "./decide";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ id: string }> };

/** The number as the title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Change request #${decodeSegment((await params).id)}` };
}

/** One change request: what is asked and why, what speaks for and against it, who depends on it, and the decision. */
export default async function ChangeRequestPage({ params }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const change = await orNotFound(getChangeRequest(ctx, { id: decodeSegment((await params).id) }));
  // The version may be gone by now; what was asked for it stays readable.
  const group = await getFeatureGroup(ctx, { name: change.group, version: change.groupVersion }).catch(() => null);
  const asked = new Set(change.features.map((feature) => feature.name));
  const features = (group?.features ?? []).filter((feature) => asked.has(feature.name));
  const compared = change.diff.statistics.some((entry) => entry.before && entry.after);
  return (
    <>
      <PageHeader
        title={titleOf(change)}
        breadcrumbs={[{ label: "Change requests", href: "/change-requests" }]}
        meta={
          <>
            <span className="number">#{change.number}</span>
            <ChangeStateBadge state={change.state} />
            <span>
              <Link href={groupHref(change.group)} className="mono">
                {change.group}
              </Link>{" "}
              version {change.groupVersion}
            </span>
            <span>
              asked for by {change.requestedBy.name} <RelativeTime at={change.requestedAt} />
            </span>
          </>
        }
      />
      <StandingNotice change={change} readerId={ctx.actor.id} />
      <div className={classes.columns}>
        <div>
          <Section title="Why">
            <Terms change={change} />
          </Section>
          <Section title="Features" aside={formatCount(change.features.length)}>
            <MovingFeatures change={change} features={features} />
          </Section>
        </div>
        <div>
          <Section title="Decision" aside={`${change.approvals} of ${change.requiredApprovals} approvals`}>
            <DecisionList decisions={change.decisions} />
            <Decide change={change} reader={{ id: ctx.actor.id, decides: may(ctx.actor, "change.decide") }} />
          </Section>
          <Section title="Checks" aside="as of the request">
            <CheckList checks={change.checks} />
          </Section>
        </div>
      </div>
      <Section title="Impact" aside="what depends on these features, as of the request">
        <ImpactLists impact={change.impact} />
      </Section>
      <Section title="Definition" aside={`revision ${group?.revision ?? "unknown"} now`}>
        <DefinitionDiff definition={change.diff.definition} group={change.group} />
      </Section>
      <Section
        title="Statistics"
        aside={compared ? <StatisticsLegend /> : "nothing was approved before to compare with"}
      >
        <StatisticsDiff statistics={change.diff.statistics} features={features} />
      </Section>
    </>
  );
}
