import type { Metadata } from "next";
import { decodeSegment } from "@/app/or-not-found";
import { ViewForm } from "@/components/registry/view-form";
import { ACTIONS, editPage } from "../../../definition-page";
import { loadJoinKeys } from "../../../load-choices";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ name: string }> };

/** The title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${decodeSegment((await params).name)}` };
}

/** Change a feature view. */
export default function EditFeatureViewPage({ params }: Props): Promise<React.ReactElement> {
  return editPage("feature_view", params, async (ctx, stored) => (
    <ViewForm stored={stored} joinKeys={await loadJoinKeys(ctx)} actions={ACTIONS} />
  ));
}
