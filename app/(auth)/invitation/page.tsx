import type { Metadata } from "next";
import { LinkForm } from "../link-form";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Join a project", referrer: "no-referrer" };

/** Joins a project. The secret stands behind the # of the address, so that no server and no log sees it. */
export default function InvitationPage(): React.ReactElement {
  return <LinkForm kind="join" />;
}
