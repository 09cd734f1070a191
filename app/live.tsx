import { LiveRefresh } from "@/components/ui/live-refresh";
import { findPageContext } from "@/lib/http/page-context";
import { getRevision } from "@/lib/registry/get-revision";

/** Keeps the open page up to date with the project it shows; nothing for whoever has none. */
export async function Live(): Promise<React.ReactElement | null> {
  const ctx = await findPageContext();
  const now = ctx && (await getRevision(ctx).catch(() => null));
  return now && <LiveRefresh {...now} />;
}
