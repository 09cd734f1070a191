import type { ReactNode } from "react";
import { scheduleWords } from "@/components/registry/timing-draft";
import { RelativeTime } from "@/components/ui/relative-time";
import type { GroupDetail } from "@/lib/registry/schema";

/** When a group is computed, as facts of its definition; none for a group whose rows are written. */
export function timingFacts({ sql, schedule, incremental, nextRunAt }: GroupDetail): {
  name: string;
  value: ReactNode;
}[] {
  if (sql === null) return [];
  const next = nextRunAt && (
    <>
      , next <RelativeTime at={nextRunAt} />
    </>
  );
  return [
    {
      name: "Refreshed",
      value: schedule ? (
        <>
          {scheduleWords(schedule)}
          {next}
        </>
      ) : (
        "when somebody asks for it"
      ),
    },
    {
      name: "Computed",
      value: incremental
        ? `by intervals of ${incremental.interval} from ${incremental.start}${incremental.lookback ? `, looking back ${incremental.lookback}` : ""}`
        : "all at once",
    },
  ];
}
