import type { Metadata } from "next";
import { decodeSegment } from "@/app/or-not-found";
import { SourceForm } from "@/components/registry/source-form";
import { getSource } from "@/lib/registry/get-source";
import { ACTIONS, editPage } from "../../../definition-page";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ name: string }> };

/** The title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${decodeSegment((await params).name)}` };
}

/** Change a source. */
export default function EditSourcePage({ params }: Props): Promise<React.ReactElement> {
  return editPage("source", params, async (ctx, stored) => {
    const { columns } = await getSource(ctx, { name: stored.name });
    return <SourceForm stored={stored} columns={columns} actions={ACTIONS} />;
  });
}
