import type { Metadata } from "next";
import { EntityForm } from "@/components/registry/entity-form";
import { ACTIONS, newPage } from "../../definition-page";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "New entity" };

const ABOUT =
  "What features describe, with the keys that identify one: a customer by its id, a route by origin and destination.";

/** Register an entity. */
export default function NewEntityPage(): Promise<React.ReactElement> {
  return newPage("entity", ABOUT, async () => <EntityForm stored={null} actions={ACTIONS} />);
}
