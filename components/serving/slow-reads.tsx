import type { SlowRead } from "@/lib/serving/figures-schema";
import { DataTable } from "../ui/data-table";
import { formatCount } from "../ui/numbers";
import { RouteName, writeMs } from "./serving-words";

/** What took longest in the last five minutes: views by name, reads without a view by what was called. */
export function SlowReads({ reads }: { reads: SlowRead[] }): React.ReactElement {
  return (
    <DataTable
      caption="Slowest reads"
      rows={reads}
      rowKey={(read) => `${read.route} ${read.view ?? ""}`}
      empty={<p style={{ margin: 0, fontSize: 13 }}>Nothing was read in the last five minutes.</p>}
      columns={[
        { key: "read", header: "View or call", render: (read) => <RouteName read={read} /> },
        { key: "p95", header: "p95", align: "right", render: ({ latencyMs }) => writeMs(latencyMs?.p95) },
        { key: "p50", header: "p50", align: "right", render: ({ latencyMs }) => writeMs(latencyMs?.p50) },
        { key: "p99", header: "p99", align: "right", wide: true, render: ({ latencyMs }) => writeMs(latencyMs?.p99) },
        { key: "requests", header: "Requests", align: "right", render: ({ requests }) => formatCount(requests) },
        { key: "errors", header: "Errors", align: "right", wide: true, render: ({ errors }) => formatCount(errors) },
      ]}
    />
  );
}
