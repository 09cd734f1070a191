import type { Metadata } from "next";
import { ViewForm } from "@/components/registry/view-form";
import { ACTIONS, newPage } from "../../definition-page";
import { loadJoinKeys } from "../../load-choices";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "New feature view" };

const ABOUT = "What a model reads: features of several groups under one name, the same in training and in serving.";

/** Register a feature view. */
export default function NewFeatureViewPage(): Promise<React.ReactElement> {
  return newPage("feature_view", ABOUT, async (ctx) => (
    <ViewForm stored={null} joinKeys={await loadJoinKeys(ctx)} actions={ACTIONS} />
  ));
}
