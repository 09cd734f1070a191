import { Group, Stack } from "@mantine/core";
import type { Metadata } from "next";
import Link from "next/link";
import { orNotFound } from "@/app/or-not-found";
import { requestOrigin } from "@/app/origin";
import { lineageHref } from "@/components/catalog/links";
import { Facts, Section, Tags } from "@/components/catalog/section";
import { Usage } from "@/components/catalog/usage";
import { DefinitionButtons } from "@/components/registry/definition-buttons";
import { CodeBlock } from "@/components/ui/code-block";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { may } from "@/lib/access/authorize";
import { listTrainingSets } from "@/lib/datasets/list-training-sets";
import { pageContext } from "@/lib/http/page-context";
import { getLineage } from "@/lib/lineage/get-lineage";
import { getFeatureView } from "@/lib/registry/get-feature-view";
import { listEntities } from "@/lib/registry/list-entities";
import type { EntitySummary } from "@/lib/registry/schema";
import { remove } from "../../definition-actions";
import { Computed, Joins, OutputColumns, TrainingSets } from "./joins";
import { keyColumns, viewSnippets } from "./snippets";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ name: string }> };

/** The title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name };
}

function joinKeysByGroup(entities: EntitySummary[]): Map<string, EntitySummary["joinKeys"]> {
  return new Map(entities.flatMap((entity) => entity.groups.map((group) => [group, entity.joinKeys] as const)));
}

/** One feature view: what it joins, what comes out, and how to use it. */
export default async function FeatureViewPage({ params }: Props): Promise<React.ReactElement> {
  const { name } = await params;
  const ctx = await pageContext();
  const view = await orNotFound(getFeatureView(ctx, { name }));
  const node = `feature_view:${view.name}`;
  const [entities, sets, graph, origin] = await Promise.all([
    listEntities(ctx, { limit: 200 }),
    listTrainingSets(ctx, { limit: 10, view: view.name }),
    orNotFound(getLineage(ctx, { node, direction: "downstream", depth: 1 })),
    requestOrigin(),
  ]);
  const joinKeysOf = joinKeysByGroup(entities.items);
  const keys = keyColumns(view.joins, joinKeysOf);
  const snippets = viewSnippets(origin, view, keys, { airport: "ATL", origin: "ATL", destination: "JFK" });
  return (
    <>
      <PageHeader
        title={view.name}
        mono
        breadcrumbs={[{ label: "Feature views", href: "/feature-views" }]}
        description={view.description}
        meta={<Tags tags={view.tags} />}
        action={
          <Group gap="xs">
            {may(ctx.actor, "definition.write") && (
              <DefinitionButtons kind="feature_view" name={view.name} remove={remove} />
            )}
            <LinkButton href={`/training-sets/new?view=${view.name}`}>Build training set</LinkButton>
          </Group>
        }
      />
      <Facts
        facts={[
          [
            "Version",
            <span key="v" className="number">
              {view.version}
            </span>,
          ],
          [
            "Keys it needs",
            <span key="k" className="mono">
              {keys.map((key) => `${key.name} ${key.type}`).join(", ") || "none"}
            </span>,
          ],
          ["Owner", view.owner ?? "nobody yet"],
          ["Changed", <RelativeTime key="c" at={view.updatedAt} />],
          [
            "Lineage",
            <Link key="l" href={lineageHref(node)}>
              show what it is made from
            </Link>,
          ],
          ["Training sets", <TrainingSets key="t" names={sets.items.map((set) => set.name)} />],
        ]}
      />
      <Section title="Joins" aside={`${formatCount(view.joins.length)}, each at the time of the spine row`}>
        <Joins view={view} joinKeysOf={joinKeysOf} />
      </Section>
      <Section title="Columns" aside={`${formatCount(view.columns.length)} in this order`}>
        <OutputColumns view={view} />
      </Section>
      <Computed view={view} />
      {view.spine && (
        <Section
          title="Spine"
          aside={`time in ${view.spine.timestampColumn}${view.spine.label ? `, label ${view.spine.label}` : ""}`}
        >
          <CodeBlock language="sql" title="Default spine" code={view.spine.sql} />
        </Section>
      )}
      <Usage graph={graph} node={node} />
      <Section title="Use it">
        <Stack gap="sm">
          <CodeBlock language="bash" title="Online, for a service" code={snippets.online} />
          <CodeBlock language="bash" title="Historical, point in time" code={snippets.historical} />
        </Stack>
      </Section>
    </>
  );
}
