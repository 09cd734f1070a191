import { Facts } from "@/components/catalog/section";
import { SOURCE_KINDS } from "@/components/registry/kind-words";
import { formatCount } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import type { LineageNode } from "@/lib/lineage/schema";
import type { SourceSummary } from "@/lib/registry/schema";
import { Names } from "./names";

/** What is known of a source besides its columns. */
export function SourceFacts({
  source,
  reads,
  readBy,
}: {
  source: SourceSummary;
  reads: LineageNode[];
  readBy: LineageNode[];
}): React.ReactElement {
  return (
    <Facts
      facts={[
        ["Kind", SOURCE_KINDS[source.kind].long],
        [
          "Rows",
          <span key="r" className="number">
            {source.rowCount === null ? "not counted yet" : formatCount(source.rowCount)}
          </span>,
        ],
        ["Last read", source.readAt ? <RelativeTime key="l" at={source.readAt} /> : "not read yet; a refresh reads it"],
        [
          "Event time",
          source.eventTime ? (
            <span key="e" className="mono">
              {source.eventTime}
            </span>
          ) : (
            "none: rows hold for all time"
          ),
        ],
        [
          "Table",
          source.postgres ? (
            <span key="t" className="mono">
              {source.postgres.table} of {source.postgres.connection}
            </span>
          ) : null,
        ],
        ["Reads", source.kind === "sql" ? <Names key="i" nodes={reads} none="nothing but its own SQL" /> : null],
        ["Read by", <Names key="b" nodes={readBy} none="nobody yet" />],
        ["Owner", source.owner ?? "nobody yet"],
        ["Changed", <RelativeTime key="c" at={source.updatedAt} />],
      ]}
    />
  );
}
