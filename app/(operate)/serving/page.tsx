import type { Metadata } from "next";
import { requestOrigin } from "@/app/origin";
import { ServingLive } from "@/components/serving/serving-live";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { pageContext } from "@/lib/http/page-context";
import { currentEnv } from "@/lib/platform/context";
import { listFeatures } from "@/lib/registry/list-features";
import { ListFeatures } from "@/lib/registry/schema";
import type { ServingOverview } from "@/lib/serving/figures-schema";
import { getServing } from "@/lib/serving/get-serving";
import { listEntityExamples } from "@/lib/serving/list-entity-examples";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Serving" };

/** What the data plane does now: rate, latency, errors, processes, and how far groups are online. */
export default async function ServingPage(): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const [overview, features, origin] = await Promise.all([
    getServing(ctx),
    listFeatures(ctx, ListFeatures.parse({ status: "ACTIVE", limit: 50 })),
    requestOrigin(),
  ]);
  const feature = features.items.find(({ joinKeys }) => joinKeys.length === 1);
  const { keys } = feature ? await listEntityExamples(ctx, { name: feature.entity }) : { keys: [] };
  const read = {
    entity_id: keys[0] ?? "YOUR_KEY",
    features: [feature?.reference ?? "YOUR_GROUP:YOUR_FEATURE"],
  };
  const example = [
    `curl ${planeAddress(overview, origin)}/api/v1/features/batch \\`,
    // A demonstration signs everybody in, but not with a token that is none.
    ...(currentEnv().demo === "on" ? [] : [`  -H "Authorization: Bearer $LARDER_TOKEN" \\`]),
    `  -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify(read)}'`,
  ].join("\n");
  return (
    <>
      <PageHeader
        title="Serving"
        description="Reads of features by key, as they are answered now."
        action={
          <LinkButton href="/api/v1/docs" external variant="default">
            API docs
          </LinkButton>
        }
      />
      <ServingLive initial={overview} example={example} />
    </>
  );
}

/** Where the data plane is reached: as it says itself, else the host that the reader asked, on its port. */
function planeAddress({ processes }: ServingOverview, origin: string): string {
  const told = processes.find(({ name }) => name === "serving")?.address;
  return told ?? `http://${new URL(origin).hostname}:${currentEnv().serving.port || 6566}`;
}
