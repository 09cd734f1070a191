import { Stack } from "@mantine/core";
import type { Metadata } from "next";
import Link from "next/link";
import { orNotFound } from "@/app/or-not-found";
import { requestOrigin } from "@/app/origin";
import { Facts, Section, Tags } from "@/components/catalog/section";
import { CodeBlock } from "@/components/ui/code-block";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { listTrainingSets } from "@/lib/datasets/list-training-sets";
import { pageContext } from "@/lib/http/page-context";
import { getFeatureView } from "@/lib/registry/get-feature-view";
import { listEntities } from "@/lib/registry/list-entities";
import type { EntitySummary } from "@/lib/registry/schema";
import { Joins, OutputColumns } from "./joins";
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
  const [entities, sets, origin] = await Promise.all([
    listEntities(ctx, { limit: 200 }),
    listTrainingSets(ctx, { limit: 10, view: view.name }),
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
        action={<LinkButton href={`/training-sets/new?view=${view.name}`}>Build training set</LinkButton>}
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
            <Link key="l" href={`/lineage?node=feature_view:${view.name}`}>
              show what it is made from
            </Link>,
          ],
          [
            "Training sets",
            sets.items.length === 0
              ? "none built from it yet"
              : sets.items.map((set, index) => (
                  <span key={set.name} className="mono">
                    {index > 0 && ", "}
                    <Link href={`/training-sets/${set.name}`}>{set.name}</Link>
                  </span>
                )),
          ],
        ]}
      />
      <Section title="Joins" aside={`${formatCount(view.joins.length)}, each at the time of the spine row`}>
        <Joins view={view} joinKeysOf={joinKeysOf} />
      </Section>
      <Section title="Columns" aside={`${formatCount(view.columns.length)} in this order`}>
        <OutputColumns view={view} />
      </Section>
      {view.spine && (
        <Section
          title="Spine"
          aside={`time in ${view.spine.timestampColumn}${view.spine.label ? `, label ${view.spine.label}` : ""}`}
        >
          <CodeBlock language="sql" title="Default spine" code={view.spine.sql} />
        </Section>
      )}
      <Section title="Use it">
        <Stack gap="sm">
          <CodeBlock language="bash" title="Online, for a service" code={snippets.online} />
          <CodeBlock language="bash" title="Historical, point in time" code={snippets.historical} />
        </Stack>
      </Section>
    </>
  );
}
