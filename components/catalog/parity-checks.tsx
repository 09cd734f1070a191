import type { ParityCheck, ParityExample } from "@/lib/materialization/schema";
import { DataTable } from "../ui/data-table";
import { EmptyState } from "../ui/empty-state";
import { formatCount } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import { Section } from "./section";

const PROBLEMS: Record<ParityExample["problem"], string> = {
  mismatched: "Differs",
  missing: "Not online",
  extra: "Only online",
};

/** Comparisons of online rows with history, newest first; of the newest that found something, the first keys. */
export function ParityChecks({ checks }: { checks: ParityCheck[] }): React.ReactElement {
  const found = checks.find(({ report }) => report.examples.length > 0);
  return (
    <>
      <DataTable
        caption="Parity checks"
        rows={checks}
        rowKey={(check) => check.id}
        empty={
          <EmptyState title="Never checked">
            A check looks up keys online and in history, and counts where they differ.
          </EmptyState>
        }
        columns={[
          { key: "at", header: "Checked", render: (check) => <RelativeTime at={check.checkedAt} /> },
          { key: "result", header: "Result", render: ({ report }) => resultOf(report) },
          { key: "keys", header: "Keys", align: "right", render: ({ report }) => formatCount(report.checked) },
          { key: "newer", header: "Pushed since", align: "right", render: ({ report }) => formatCount(report.newer) },
          { key: "commit", header: "Commit", align: "right", wide: true, render: (check) => check.watermarkSequence },
          { key: "how", header: "Chosen", wide: true, render: ({ report }) => chosenBy(report) },
          { key: "by", header: "By", wide: true, render: (check) => check.createdBy },
        ]}
      />
      {found && (
        <Section title="Keys that differ" aside="the first of the newest check that found any">
          <DataTable
            caption="Keys that differ"
            rows={found.report.examples}
            rowKey={(example) => JSON.stringify(example.key)}
            empty={null}
            columns={[
              {
                key: "key",
                header: "Key",
                render: ({ key }) => <span className="mono">{key.map(String).join(" | ")}</span>,
              },
              { key: "problem", header: "Problem", render: ({ problem }) => PROBLEMS[problem] },
              { key: "online", header: "Online", render: ({ online }) => <Values of={online} /> },
              { key: "offline", header: "History", render: ({ offline }) => <Values of={offline} /> },
            ]}
          />
        </Section>
      )}
    </>
  );
}

function Values({ of: values }: { of: ParityExample["online"] }): React.ReactElement {
  const text = Object.entries(values ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return <span className="mono">{values === null ? "not there" : text.length > 0 ? text.join(", ") : "there"}</span>;
}

function resultOf({ mismatched, missing, extra }: ParityCheck["report"]): string {
  const parts = [
    [mismatched, "differ"],
    [missing, "are not online"],
    [extra, "are only online"],
  ] as const;
  const wrong = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  return wrong.length === 0 ? "Equal" : wrong.join(", ");
}

function chosenBy({ sample, seed }: ParityCheck["report"]): string {
  if (sample === null) return "by name";
  return sample === "all" ? "all keys" : `by chance, seed ${seed.slice(0, 8)}`;
}
