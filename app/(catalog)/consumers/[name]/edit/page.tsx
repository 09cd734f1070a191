import type { Metadata } from "next";
import { decodeSegment } from "@/app/or-not-found";
import { ConsumerForm } from "@/components/registry/consumer-form";
import { ACTIONS, editPage } from "../../../definition-page";
import { loadViews } from "../../../load-choices";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ name: string }> };

/** The title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${decodeSegment((await params).name)}` };
}

/** Change a consumer. */
export default function EditConsumerPage({ params }: Props): Promise<React.ReactElement> {
  return editPage("consumer", params, async (ctx, stored) => (
    <ConsumerForm stored={stored} views={await loadViews(ctx)} actions={ACTIONS} />
  ));
}
