import type { Metadata } from "next";
import { decodeSegment, orNotFound } from "@/app/or-not-found";
import { requestOrigin } from "@/app/origin";
import { FeatureAside } from "@/components/catalog/feature-aside";
import { Distribution } from "@/components/catalog/feature-statistics";
import { groupHref } from "@/components/catalog/links";
import { MadeFrom } from "@/components/catalog/made-from";
import { neighboursOf } from "@/components/catalog/neighbours";
import { OneHop } from "@/components/catalog/one-hop";
import classes from "@/components/catalog/page-columns.module.css";
import { Section } from "@/components/catalog/section";
import { UseIt } from "@/components/catalog/use-it";
import { StatusHistory } from "@/components/changes/change-lines";
import { TrendChart } from "@/components/charts/trend-chart";
import { FeatureUsage } from "@/components/serving/feature-usage";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { singleParams } from "@/components/ui/search-params";
import { pageContext } from "@/lib/http/page-context";
import { getColumnLineage } from "@/lib/lineage/get-column-lineage";
import { getLineage } from "@/lib/lineage/get-lineage";
import { ListChangeRequests } from "@/lib/registry/change-schema";
import { getFeature } from "@/lib/registry/get-feature";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { listChangeRequests } from "@/lib/registry/list-change-requests";
import { getFeatureUsage } from "@/lib/serving/get-feature-usage";
import { listEntityExamples } from "@/lib/serving/list-entity-examples";
import { FeatureHead } from "./feature-head";

export const dynamic = "force-dynamic";

type Props = {
  params: Promise<{ reference: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** The feature's reference as the title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeSegment((await params).reference) };
}

/** One feature: its label, its numbers, where it comes from, and how to use it. */
export default async function FeaturePage({ params, searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const feature = await orNotFound(getFeature(ctx, { reference: decodeSegment((await params).reference) }));
  const node = `feature:${feature.group}:${feature.name}`;
  const [group, graph, columns, examples, origin, query, changes, usage] = await Promise.all([
    orNotFound(getFeatureGroup(ctx, { name: feature.group, version: feature.groupVersion })),
    orNotFound(getLineage(ctx, { node, direction: "both", depth: 2 })),
    getColumnLineage(ctx, { node, direction: "upstream", depth: 50 }),
    listEntityExamples(ctx, { name: feature.entity }),
    requestOrigin(),
    searchParams.then(singleParams),
    listChangeRequests(ctx, ListChangeRequests.parse({ group: feature.group, limit: 200 })),
    getFeatureUsage(ctx, { reference: feature.reference, days: 30 }),
  ]);
  const { statistics } = feature;
  return (
    <>
      <FeatureHead ctx={ctx} feature={feature} />
      <div className={classes.columns}>
        <div>
          <Section title="Data">
            {statistics ? (
              <Distribution feature={feature} statistics={statistics} />
            ) : (
              <EmptyState
                title="No statistics yet"
                action={<LinkButton href={groupHref(feature.group)}>Open the group</LinkButton>}
              >
                They are computed with every commit. Recompute the group {feature.group} to fill it.
              </EmptyState>
            )}
          </Section>
          {statistics && (
            <Section title="Over time" aside="by event time">
              <TrendChart trend={statistics.trend} unit={feature.unit} />
            </Section>
          )}
          <Section title="Lineage">
            <OneHop node={node} name={feature.name} neighbours={neighboursOf(graph, node)} />
          </Section>
          <Section title="Made from" aside="column by column">
            <MadeFrom feature={feature} edges={columns} />
          </Section>
          <FeatureUsage usage={usage} />
          <StatusHistory feature={feature} changes={changes.items} />
          <div id="use-it">
            <Section title="Use it" aside={examples.keys[0] ? "with a key that exists" : "put a key of your own in"}>
              <UseIt
                chosen={query.use}
                subject={{
                  ...feature,
                  origin,
                  key: examples.keys[0] ?? null,
                  eventTime: group.eventTime,
                  lastEventTime: feature.freshness.lastEventTime,
                }}
              />
            </Section>
          </div>
        </div>
        <FeatureAside feature={feature} />
      </div>
    </>
  );
}
