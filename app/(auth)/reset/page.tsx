import type { Metadata } from "next";
import { LinkForm } from "../link-form";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

/** Sets a new password. The secret stands behind the # of the address, so that no server and no log sees it. */
export default function ResetPage(): React.ReactElement {
  return <LinkForm kind="reset" />;
}
