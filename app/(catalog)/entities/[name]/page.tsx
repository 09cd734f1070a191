import { Group } from "@mantine/core";
import type { Metadata } from "next";
import Link from "next/link";
import { Suspense } from "react";
import { orNotFound } from "@/app/or-not-found";
import { groupHref } from "@/components/catalog/links";
import { Facts, Section, Tags } from "@/components/catalog/section";
import { DefinitionButtons } from "@/components/registry/definition-buttons";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadingState } from "@/components/ui/loading-state";
import { formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { pageContext } from "@/lib/http/page-context";
import { getEntity } from "@/lib/registry/get-entity";
import { remove } from "../../definition-actions";
import { LookUp } from "./look-up";

export const dynamic = "force-dynamic";

type Props = {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

/** The title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name };
}

/** One entity: look up a key, and what describes it. */
export default async function EntityPage({ params, searchParams }: Props): Promise<React.ReactElement> {
  const { name } = await params;
  const asked = singleParams(await searchParams).key ?? null;
  const ctx = await pageContext();
  const entity = await orNotFound(getEntity(ctx, { name }));
  return (
    <>
      <PageHeader
        title={entity.name}
        mono
        breadcrumbs={[{ label: "Entities", href: "/entities" }]}
        description={entity.description}
        meta={<Tags tags={entity.tags} />}
        action={
          may(ctx.actor, "definition.write") && (
            <Group gap="xs">
              <DefinitionButtons kind="entity" name={entity.name} remove={remove} />
            </Group>
          )
        }
      />
      <Suspense fallback={<LoadingState rows={6} label="Looking up" />}>
        {entity.joinKeys.length > 0 ? (
          <LookUp entity={entity} asked={asked} />
        ) : (
          <EmptyState title="This entity has no key">Its feature groups join on time alone.</EmptyState>
        )}
      </Suspense>
      <Section title="About">
        <Facts
          facts={[
            [
              "Join keys",
              <span key="k" className="mono">
                {entity.joinKeys.map((key) => `${key.name} ${key.type}`).join(", ")}
              </span>,
            ],
            [
              "Feature groups",
              entity.groups.length > 0
                ? entity.groups.map((group, index) => (
                    <span key={group} className="mono">
                      {index > 0 && ", "}
                      <Link href={groupHref(group)}>{group}</Link>
                    </span>
                  ))
                : "none yet",
            ],
            [
              "Features",
              <Link key="f" href={`/features?entity=${entity.name}`}>
                {formatCount(entity.featureCount)}
              </Link>,
            ],
            ["Owner", entity.owner ?? "nobody yet"],
            ["Changed", <RelativeTime key="c" at={entity.updatedAt} />],
          ]}
        />
      </Section>
    </>
  );
}
