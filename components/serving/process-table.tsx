import type { ServingProcess } from "@/lib/serving/figures-schema";
import { DataTable } from "../ui/data-table";
import { formatCount, formatNumber } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import classes from "./serving.module.css";
import { writeMs } from "./serving-words";
import { StoreMark } from "./store-notice";

const NAMES: Record<ServingProcess["name"], string> = { serving: "Data plane", web: "Main server" };

/** Which of the workers that share an address a process is; null where it has the address for itself. */
function workerOf(process: ServingProcess, all: readonly ServingProcess[]): string | null {
  const sharing = all.filter(({ name, address }) => name === process.name && address === process.address);
  return sharing.length > 1 ? `worker ${sharing.indexOf(process) + 1} of ${sharing.length}` : null;
}

/** The processes that answer reads, each as it sees itself. */
export function ProcessTable({ processes }: { processes: ServingProcess[] }): React.ReactElement {
  return (
    <DataTable
      caption="Processes"
      rows={processes}
      rowKey={(process) => process.id}
      empty={
        <p style={{ margin: 0, fontSize: 13 }}>
          No process was heard of in the last ten seconds. <code>npm start</code> starts the data plane together with
          everything else.
        </p>
      }
      columns={[
        {
          key: "name",
          header: "Process",
          render: (process) => (
            <span>
              {NAMES[process.name]} <span className={classes.quiet}>{workerOf(process, processes)}</span>
            </span>
          ),
        },
        {
          key: "address",
          header: "Address",
          wide: true,
          render: ({ address }) => <span className="mono">{address ?? "–"}</span>,
        },
        { key: "rate", header: "Rate", align: "right", render: ({ rate }) => `${formatNumber(rate)}/s` },
        { key: "p99", header: "p99", align: "right", render: ({ latencyMs }) => writeMs(latencyMs?.p99) },
        { key: "inFlight", header: "In flight", align: "right", render: ({ inFlight }) => formatCount(inFlight) },
        {
          key: "refused",
          header: "Turned away",
          align: "right",
          wide: true,
          render: ({ refused }) => formatCount(refused),
        },
        { key: "store", header: "Store", render: ({ store }) => <StoreMark state={store.state} /> },
        { key: "since", header: "Up since", render: ({ startedAt }) => <RelativeTime at={startedAt} /> },
        {
          key: "pid",
          header: "Process id",
          align: "right",
          wide: true,
          render: ({ pid }) => <span className="number">{pid}</span>,
        },
      ]}
    />
  );
}
