import type { Metadata } from "next";
import { ConsumerForm } from "@/components/registry/consumer-form";
import { ACTIONS, newPage } from "../../definition-page";
import { loadViews } from "../../load-choices";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "New consumer" };

const ABOUT =
  "A model, service or dashboard that reads features. Whoever changes what it reads sees it, and its owner.";

/** Register a consumer. */
export default function NewConsumerPage(): Promise<React.ReactElement> {
  return newPage("consumer", ABOUT, async (ctx) => (
    <ConsumerForm stored={null} views={await loadViews(ctx)} actions={ACTIONS} />
  ));
}
