import { Group } from "@mantine/core";
import type { Metadata } from "next";
import Link from "next/link";
import { decodeSegment, orNotFound } from "@/app/or-not-found";
import { lineageHref } from "@/components/catalog/links";
import { featuresReadBy } from "@/components/catalog/reads";
import { Facts, Section, Tags } from "@/components/catalog/section";
import { DefinitionButtons } from "@/components/registry/definition-buttons";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { getLineage } from "@/lib/lineage/get-lineage";
import { getConsumer } from "@/lib/registry/get-consumer";
import { remove } from "../../definition-actions";
import { LeavingNotice, ReadFeatures } from "./read-features";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ name: string }> };

/** The consumer's name as the title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeSegment((await params).name) };
}

/** One consumer: whose it is, where it lives, and what it reads. */
export default async function ConsumerPage({ params }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const consumer = await orNotFound(getConsumer(ctx, { name: decodeSegment((await params).name) }));
  const node = `consumer:${consumer.name}`;
  const graph = await orNotFound(getLineage(ctx, { node, direction: "upstream", depth: 2 }));
  const readings = featuresReadBy(graph, node);
  return (
    <>
      <PageHeader
        mono
        title={consumer.name}
        breadcrumbs={[{ label: "Consumers", href: "/consumers" }]}
        description={consumer.description || "No description yet."}
        meta={
          <>
            <span>{consumer.type}</span>
            <Link href={lineageHref(node)}>lineage</Link>
            <Tags tags={consumer.tags} />
          </>
        }
        action={
          may(ctx.actor, "definition.write") && (
            <Group gap="xs">
              <DefinitionButtons kind="consumer" name={consumer.name} remove={remove} />
            </Group>
          )
        }
      />
      <LeavingNotice readings={readings} />
      <Facts
        facts={[
          ["Owner", consumer.owner ?? "nobody yet"],
          [
            "Where it is",
            consumer.url ? (
              <a key="u" href={consumer.url} rel="noreferrer">
                {consumer.url}
              </a>
            ) : (
              "no link yet"
            ),
          ],
          [
            "Feature views",
            consumer.views.length === 0
              ? "none"
              : consumer.views.map((view, index) => (
                  <span key={view} className="mono">
                    {index > 0 && ", "}
                    <Link href={`/feature-views/${view}`}>{view}</Link>
                  </span>
                )),
          ],
          ["Changed", <RelativeTime key="c" at={consumer.updatedAt} />],
        ]}
      />
      <Section title="Features it reads" aside={formatCount(readings.length)}>
        <ReadFeatures readings={readings} />
      </Section>
    </>
  );
}
