import { Section } from "@/components/catalog/section";
import { columnsOf, exampleRow } from "@/components/ingest/example-row";
import classes from "@/components/ingest/ingest.module.css";
import { WriteRowsForm } from "@/components/ingest/write-rows-form";
import { CodeBlock } from "@/components/ui/code-block";
import { DataTable } from "@/components/ui/data-table";
import { may } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { GroupDetail } from "@/lib/registry/schema";

/** Where rows are written into a group by hand, and how a program does it. */
export function WriteTab({ ctx, group }: { ctx: Context; group: GroupDetail }): React.ReactElement {
  const columns = {
    keys: group.joinKeys,
    eventTime: group.eventTime,
    createdTime: group.createdTime,
    features: group.features.map(({ name, dataType }) => ({ name, type: dataType })),
  };
  const example = JSON.stringify(exampleRow(columns));
  const curl = `curl -X POST "$LARDER_URL/api/v1/feature-groups/${group.name}/rows" \\
  -H "Authorization: Bearer $LARDER_TOKEN" -H "X-Larder-Project: ${ctx.project.name}" \\
  -H "Content-Type: application/json" -H "Idempotency-Key: $(uuidgen)" \\
  -d '{"rows":[${example.length > 600 ? "…" : example}]}'`;
  return (
    <div className={classes.stack}>
      <Section title="Write rows">
        {may(ctx.actor, "rows.write") ? (
          <WriteRowsForm group={group.name} example={example.slice(0, 600)} />
        ) : (
          <p className={classes.quiet}>Engineers write rows; you can read them.</p>
        )}
      </Section>
      <Section title="Columns">
        <p className={classes.quiet}>
          A file has all of them, in any order and nothing else; in JSON what may be null may be left out.{" "}
          {group.duplicates === "reject"
            ? "Rows with the keys and times of others are refused."
            : "Of rows with the same keys and times the last one counts."}
        </p>
        <DataTable
          caption={`Columns of ${group.name}`}
          rows={columnsOf(columns)}
          rowKey={(column) => column.name}
          empty={null}
          columns={[
            { key: "name", header: "Column", render: ({ name }) => <span className="mono">{name}</span> },
            { key: "type", header: "Type", render: ({ type }) => <span className="mono">{type}</span> },
            { key: "null", header: "May be null", render: ({ needed }) => (needed ? "no" : "yes") },
          ]}
        />
      </Section>
      <Section title="From a program">
        <CodeBlock language="shell" title="curl" code={curl} />
      </Section>
    </div>
  );
}
