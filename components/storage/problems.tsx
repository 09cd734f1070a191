import { DataTable } from "@/components/ui/data-table";
import type { StorageProblem } from "@/lib/datasets/storage-schema";

/** Files that are not as they were stored, what belongs to them, and what to do. */
export function Problems({ problems }: { problems: StorageProblem[] }): React.ReactElement {
  return (
    <DataTable
      caption="Damaged files"
      rows={problems}
      rowKey={(problem) => problem.path}
      empty={null}
      columns={[
        {
          key: "belongsTo",
          header: "Belongs to",
          render: ({ belongsTo, commit }) => (
            <span className="mono">
              {belongsTo.replace(/^feature_group:/, "").replace(":", " ")}
              {commit === null ? "" : `, commit ${commit}`}
            </span>
          ),
        },
        { key: "what", header: "What is wrong", render: (problem) => `The file ${problem.what}` },
        { key: "todo", header: "What to do", render: todo },
        {
          key: "path",
          header: "File",
          render: (problem) => <span className="mono">{problem.path}</span>,
          wide: true,
        },
      ]}
    />
  );
}

function todo({ belongsTo, live }: StorageProblem): string {
  if (!belongsTo.startsWith("feature_group:")) return "Put the file back from a backup, or build it again";
  if (live) return "Put the file back from a backup, restore an earlier commit, or recompute the group";
  return "Only older commits need it: put it back from a backup to read those";
}
