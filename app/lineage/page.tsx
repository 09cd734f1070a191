import type { Metadata } from "next";
import { LineageExplorer } from "@/components/lineage/explorer";
import { PageHeader } from "@/components/ui/page-header";
import { pageContext } from "@/lib/http/page-context";
import { getLineage } from "@/lib/lineage/get-lineage";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Lineage" };

/** What is made from what, for the whole project; the explorer keeps its state in the address. */
export default async function LineagePage(): Promise<React.ReactElement> {
  const graph = await getLineage(await pageContext(), { direction: "both", depth: 50 });
  return (
    <>
      <PageHeader
        title="Lineage"
        description="From the sources to what models train on. Pick anything to light up all it is made from and all that depends on it."
      />
      <LineageExplorer graph={graph} />
    </>
  );
}
