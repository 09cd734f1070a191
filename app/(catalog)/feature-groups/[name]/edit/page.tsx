import type { Metadata } from "next";
import { decodeSegment } from "@/app/or-not-found";
import { GroupForm } from "@/components/registry/group-form";
import { ACTIONS, editPage } from "../../../definition-page";
import { loadEntities } from "../../../load-choices";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ name: string }> };

/** The title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${decodeSegment((await params).name)}` };
}

/** Change a feature group. */
export default function EditFeatureGroupPage({ params }: Props): Promise<React.ReactElement> {
  return editPage("feature_group", params, async (ctx, stored) => (
    <GroupForm stored={stored} entities={await loadEntities(ctx)} actions={ACTIONS} />
  ));
}
