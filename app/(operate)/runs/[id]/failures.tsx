import { Section } from "@/components/catalog/section";
import { DataTable } from "@/components/ui/data-table";
import { RelativeTime } from "@/components/ui/relative-time";
import type { Run } from "@/lib/kernel/run";

/** Why earlier attempts of a run ended; nothing when there was only one. */
export function Failures({ failures }: { failures: Run["failures"] }): React.ReactElement | null {
  if (failures.length === 0) return null;
  return (
    <Section title="Earlier attempts" aside="each was tried again by itself">
      <DataTable
        caption="Earlier attempts"
        rows={failures}
        rowKey={(failure) => String(failure.attempt)}
        empty={null}
        columns={[
          { key: "attempt", header: "Attempt", width: 90, render: (failure) => failure.attempt },
          { key: "at", header: "Ended", render: (failure) => <RelativeTime at={failure.at} /> },
          { key: "why", header: "Why", render: (failure) => failure.detail },
          {
            key: "code",
            header: "Code",
            wide: true,
            render: (failure) => <span className="mono">{failure.code}</span>,
          },
        ]}
      />
    </Section>
  );
}
