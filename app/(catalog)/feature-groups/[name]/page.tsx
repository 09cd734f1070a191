import { Group } from "@mantine/core";
import type { Metadata } from "next";
import Link from "next/link";
import { possibleMoves } from "@/app/(govern)/change-requests/moves";
import { RequestChange } from "@/app/(govern)/change-requests/request-change";
import { decodeSegment, orNotFound } from "@/app/or-not-found";
import classes from "@/components/catalog/home.module.css";
import { lineageHref } from "@/components/catalog/links";
import { Tags } from "@/components/catalog/section";
import { OpenChanges } from "@/components/changes/change-lines";
import { DefinitionButtons } from "@/components/registry/definition-buttons";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHeader } from "@/components/ui/page-header";
import { RunProgress } from "@/components/ui/run-progress";
import { singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { listRuns } from "@/lib/jobs/list-runs";
import { isFinished } from "@/lib/kernel/run";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { remove } from "../../definition-actions";
import { RecomputeButton } from "./recompute-button";
import { TabContent, tabsOf } from "./tab-content";

export const dynamic = "force-dynamic";

type Props = {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** The group's name as the title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeSegment((await params).name) };
}

/** One feature group: its features, data, commits, runs, definition, and how far the online store is. */
export default async function FeatureGroupPage({ params, searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const name = decodeSegment((await params).name);
  const query = singleParams(await searchParams);
  const group = await orNotFound(getFeatureGroup(ctx, { name }));
  const newest = (await listRuns(ctx, { group: name, limit: 1 })).items[0];
  const live = newest && !isFinished(newest.state) ? newest : null;
  const watched = live?.id ?? query.run;
  const tabs = tabsOf(group);
  const tab = tabs.find((one) => one.value === query.tab)?.value ?? "overview";
  return (
    <>
      <PageHeader
        mono
        title={group.name}
        breadcrumbs={[{ label: "Feature groups", href: "/feature-groups" }]}
        description={group.description || "No description yet."}
        meta={
          <>
            <span>version {group.version}</span>
            <Link href={`/entities/${group.entity}`}>{group.entity}</Link>
            <Link href={lineageHref(`feature_group:${group.name}`)}>lineage</Link>
            <Tags tags={group.tags} />
          </>
        }
        action={
          <Group gap="xs">
            {may(ctx.actor, "definition.write") && (
              <DefinitionButtons kind="feature_group" name={group.name} remove={remove} />
            )}
            <RequestChange
              group={group.name}
              version={group.version}
              subject={null}
              moves={possibleMoves(ctx, group.features)}
            />
            {may(ctx.actor, "run.start") && <RecomputeButton group={group.name} busy={live !== null} />}
          </Group>
        }
      />
      <OpenChanges changes={group.openChanges} />
      {watched && (
        <div className={classes.live}>
          <RunProgress key={watched} runId={watched} initial={newest?.id === watched ? newest : undefined} />
        </div>
      )}
      <LinkTabs param="tab" label={`Parts of ${group.name}`} current={tab} tabs={tabs} />
      <TabContent tab={tab} ctx={ctx} group={group} cursor={query.cursor} asked={query} />
    </>
  );
}
