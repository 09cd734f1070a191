import type { Run } from "@/lib/kernel/run";
import { EmptyState } from "../ui/empty-state";
import { LinkButton } from "../ui/link-button";
import { RunProgress } from "../ui/run-progress";

/** Home before there is a feature: what is going on, or how to begin. */
export function EmptyCatalog({ newest, live }: { newest: Run | undefined; live: boolean }): React.ReactElement {
  return (
    <>
      <EmptyState
        title={live ? "The first features are being prepared" : "No features yet"}
        action={
          <LinkButton href="/api/v1/docs" external variant={live ? "default" : "filled"}>
            API docs
          </LinkButton>
        }
      >
        {live
          ? "Definitions are applied, files are read, and features computed. This page fills as the run goes."
          : "Features are defined in YAML and SQL files. Apply a folder of them with POST /api/v1/definitions/apply, then refresh. On the first start of a new data directory the demonstration is loaded; if the server has only just started, it appears here in a moment."}
      </EmptyState>
      {newest && <RunProgress key={newest.id} runId={newest.id} initial={newest} />}
    </>
  );
}
