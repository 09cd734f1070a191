import Link from "next/link";
import type { RowProblem } from "@/lib/datasets/ingest-schema";
import { DataTable } from "../ui/data-table";
import { formatCount } from "../ui/numbers";
import classes from "./ingest.module.css";
import type { SendAnswer } from "./send-rows";

const SHOWN = 20;

/** What came of sending rows: counts, warnings, and the first problems with their rows. */
export function WriteOutcome({ group, answer }: { group: string; answer: SendAnswer }): React.ReactElement {
  if (!answer.ok)
    return (
      <div className={classes.outcome} data-bad role="alert">
        <p>{answer.detail}</p>
        <Problems problems={answer.problems} />
      </div>
    );
  const { commit, accepted, rejected, duplicates, warnings, quarantine, problems } = answer.written;
  const counts = [
    `${formatCount(accepted)} ${accepted === 1 ? "row" : "rows"} accepted`,
    ...(rejected > 0 ? [`${formatCount(rejected)} put aside`] : []),
    ...(duplicates > 0 ? [`${formatCount(duplicates)} of them replaced by later ones of the same key and time`] : []),
  ];
  return (
    <div className={classes.outcome} role="status">
      <p>
        Commit {commit.sequence}: {counts.join(", ")}.
        {answer.replayed && " They had arrived before; nothing was written twice."}
      </p>
      {warnings.map((warning) => (
        <p key={warning} className={classes.warning}>
          {warning}
        </p>
      ))}
      {quarantine && (
        <p>
          <Link href={`/feature-groups/${group}?tab=quarantine&quarantine=${quarantine}`}>
            See the rows that were put aside
          </Link>
        </p>
      )}
      <Problems problems={problems} />
    </div>
  );
}

function Problems({ problems }: { problems: RowProblem[] }): React.ReactElement | null {
  if (problems.length === 0) return null;
  const rows = problems.slice(0, SHOWN).map((problem, id) => ({ ...problem, id: String(id) }));
  return (
    <>
      <DataTable
        caption="The first problems"
        rows={rows}
        rowKey={(problem) => problem.id}
        empty={null}
        columns={[
          {
            key: "row",
            header: "Row",
            align: "right",
            width: 70,
            render: ({ row }) => (row === undefined ? "–" : formatCount(row)),
          },
          { key: "code", header: "Code", render: ({ code }) => <span className="mono">{code}</span> },
          { key: "what", header: "What is wrong", render: ({ detail }) => detail },
        ]}
      />
      {problems.length > SHOWN && (
        <p className={classes.warning}>
          {problems.length === 100 ? "More than " : ""}
          {formatCount(problems.length - SHOWN)} more are not shown.
        </p>
      )}
    </>
  );
}
