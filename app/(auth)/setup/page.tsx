import type { Metadata } from "next";
import { LinkForm } from "../link-form";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Set up", referrer: "no-referrer" };

/** Makes the first account. The secret stands behind the # of the address, so that no server and no log sees it. */
export default function SetupPage(): React.ReactElement {
  return <LinkForm kind="setup" />;
}
