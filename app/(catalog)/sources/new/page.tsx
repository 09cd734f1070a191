import type { Metadata } from "next";
import { SourceForm } from "@/components/registry/source-form";
import { ACTIONS, newPage } from "../../definition-page";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "New source" };

const ABOUT =
  "Where rows come from: files that you upload or that lie on the server, or SQL over other sources and feature groups.";

/** Register a source. */
export default function NewSourcePage(): Promise<React.ReactElement> {
  return newPage("source", ABOUT, async () => <SourceForm stored={null} columns={[]} actions={ACTIONS} />);
}
