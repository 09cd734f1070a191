import Link from "next/link";
import { featureHref, groupHref } from "@/components/catalog/links";
import { Section } from "@/components/catalog/section";
import { DataTable } from "@/components/ui/data-table";
import { formatCount } from "@/components/ui/numbers";
import type { EntitySummary, ViewSummary } from "@/lib/registry/schema";

/** The joins of a view: which group, by which keys, under which prefix, with how many features. */
export function Joins({
  view,
  joinKeysOf,
}: {
  view: ViewSummary;
  joinKeysOf: ReadonlyMap<string, EntitySummary["joinKeys"]>;
}): React.ReactElement {
  const rows = view.joins.map((join, index) => ({ ...join, id: String(index) }));
  return (
    <DataTable
      caption={`Joins of ${view.name}`}
      rows={rows}
      rowKey={(join) => join.id}
      empty={null}
      columns={[
        {
          key: "group",
          header: "Feature group",
          render: (join) => (
            <Link href={groupHref(join.group)} className="mono">
              {join.group}
            </Link>
          ),
        },
        { key: "version", header: "Version", align: "right", render: (join) => join.version },
        {
          key: "keys",
          header: "Join key = spine column",
          render: (join) => (
            <span className="mono">
              {(joinKeysOf.get(join.group) ?? [])
                .map((key) => `${key.name} = ${join.keys[key.name] ?? key.name}`)
                .join(", ") || "time alone"}
            </span>
          ),
        },
        { key: "prefix", header: "Prefix", render: (join) => <span className="mono">{join.prefix ?? "–"}</span> },
        { key: "features", header: "Features", align: "right", render: (join) => formatCount(join.features.length) },
      ]}
    />
  );
}

/** The output columns of a view in order, each with the feature it holds. */
export function OutputColumns({ view }: { view: ViewSummary }): React.ReactElement {
  const sources = view.joins.flatMap((join) =>
    join.features.map((feature) => ({ reference: `${join.group}:${feature}` })),
  );
  const rows = view.columns.map((column, index) => ({
    column,
    position: index + 1,
    reference: sources[index]?.reference ?? null,
  }));
  return (
    <DataTable
      caption={`Columns of ${view.name}`}
      rows={rows}
      rowKey={(row) => row.column}
      empty={null}
      columns={[
        { key: "position", header: "#", align: "right", width: 48, render: (row) => row.position },
        { key: "column", header: "Column", render: (row) => <span className="mono">{row.column}</span> },
        {
          key: "feature",
          header: "Feature",
          render: (row) =>
            row.reference === null ? (
              "computed"
            ) : (
              <Link href={featureHref(row.reference)} className="mono" prefetch={false}>
                {row.reference}
              </Link>
            ),
        },
      ]}
    />
  );
}

/** What a view computes at each read, of what, and what a request must bring for it. */
export function Computed({ view }: { view: ViewSummary }): React.ReactElement | null {
  const { onDemand, requestData } = view;
  if (onDemand.length + requestData.length === 0) return null;
  const asked = requestData.map(({ name, type }) => `${name} ${type}`).join(", ");
  return (
    <Section title="Computed at each read" aside={asked ? `from columns and request data: ${asked}` : "from columns"}>
      <DataTable
        caption={`What ${view.name} computes`}
        rows={onDemand}
        rowKey={(row) => row.name}
        empty={null}
        columns={[
          { key: "name", header: "Column", render: (row) => <span className="mono">{row.name}</span> },
          { key: "type", header: "Type", render: (row) => <span className="mono">{row.type}</span> },
          { key: "expression", header: "Expression", render: (row) => <code className="mono">{row.expression}</code> },
          {
            key: "inputs",
            header: "Made from",
            render: (row) => <span className="mono">{row.inputs.join(", ")}</span>,
          },
          { key: "about", header: "About", render: (row) => [row.unit, row.description].filter(Boolean).join(" · ") },
        ]}
      />
    </Section>
  );
}

/** The training sets that were built from a view, as links in one line. */
export function TrainingSets({ names }: { names: string[] }): React.ReactElement {
  if (names.length === 0) return <>none built from it yet</>;
  return (
    <>
      {names.map((name, index) => (
        <span key={name} className="mono">
          {index > 0 && ", "}
          <Link href={`/training-sets/${name}`}>{name}</Link>
        </span>
      ))}
    </>
  );
}
