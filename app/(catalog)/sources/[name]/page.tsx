import { Group } from "@mantine/core";
import type { Metadata } from "next";
import { orNotFound } from "@/app/or-not-found";
import { Section, Tags } from "@/components/catalog/section";
import { DefinitionButtons } from "@/components/registry/definition-buttons";
import { CodeBlock } from "@/components/ui/code-block";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { getLineage } from "@/lib/lineage/get-lineage";
import type { LineageNode } from "@/lib/lineage/schema";
import { getSource } from "@/lib/registry/get-source";
import { remove } from "../../definition-actions";
import { SourceFacts } from "./source-facts";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ name: string }> };

/** The title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name };
}

/** One source: what it reads, its columns, and who reads it. */
export default async function SourcePage({ params }: Props): Promise<React.ReactElement> {
  const { name } = await params;
  const ctx = await pageContext();
  const source = await orNotFound(getSource(ctx, { name }));
  const id = `source:${source.name}`;
  const graph = await getLineage(ctx, { node: id, direction: "both", depth: 1 });
  const next = (from: "from" | "to"): LineageNode[] => {
    const ids = graph.edges.flatMap((edge) => (edge[from] === id ? [from === "from" ? edge.to : edge.from] : []));
    return graph.nodes.filter((node) => ids.includes(node.id));
  };
  return (
    <>
      <PageHeader
        title={source.name}
        mono
        breadcrumbs={[{ label: "Sources", href: "/sources" }]}
        description={source.description}
        meta={<Tags tags={source.tags} />}
        action={
          <Group gap="xs">
            {may(ctx.actor, "definition.write") && (
              <DefinitionButtons kind="source" name={source.name} remove={remove} />
            )}
            <LinkButton href={`/lineage?node=${id}`} variant="default">
              Show lineage
            </LinkButton>
          </Group>
        }
      />
      <SourceFacts source={source} reads={next("to")} readBy={next("from")} />
      {source.paths.length > 0 && (
        <Section
          title={source.paths.length === 1 ? "File" : "Files"}
          aside={`${formatCount(source.paths.length)} paths or globs`}
        >
          <CodeBlock language="text" title="Paths" code={source.paths.join("\n")} />
        </Section>
      )}
      {source.sql !== null && (
        <Section title="Definition">
          <CodeBlock language="sql" title="SQL" code={source.sql} />
        </Section>
      )}
      <Section title="Columns" aside={`${formatCount(source.columns.length)} as last read`}>
        <DataTable
          caption={`Columns of ${source.name}`}
          rows={source.columns}
          rowKey={(column) => column.name}
          empty={
            <EmptyState title="Columns are not known yet">They are read from the data at the first refresh.</EmptyState>
          }
          columns={[
            { key: "name", header: "Column", render: (column) => <span className="mono">{column.name}</span> },
            { key: "type", header: "Type", render: (column) => <span className="mono">{column.type}</span> },
            { key: "role", header: "Role", render: (column) => (column.name === source.eventTime ? "event time" : "") },
          ]}
        />
      </Section>
    </>
  );
}
