import type { Metadata } from "next";
import { decodeSegment } from "@/app/or-not-found";
import { EntityForm } from "@/components/registry/entity-form";
import { ACTIONS, editPage } from "../../../definition-page";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ name: string }> };

/** The title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${decodeSegment((await params).name)}` };
}

/** Change an entity. */
export default function EditEntityPage({ params }: Props): Promise<React.ReactElement> {
  return editPage("entity", params, async (_, stored) => <EntityForm stored={stored} actions={ACTIONS} />);
}
