import { Stack } from "@mantine/core";
import { requestOrigin } from "@/app/origin";
import { Facts, Section } from "@/components/catalog/section";
import { CodeBlock } from "@/components/ui/code-block";
import { formatCount } from "@/components/ui/numbers";
import { ValueTable } from "@/components/ui/value-table";
import { previewTrainingSet } from "@/lib/datasets/preview-training-set";
import type { Manifest, TrainingSet } from "@/lib/datasets/schema";
import { pageContext } from "@/lib/http/page-context";
import { Columns } from "./columns";
import { loadSnippet, reproduceSnippet } from "./snippets";

function options(manifest: Manifest): string {
  const { asKnown, nullKeys, fullFeatureNames, fillNull } = manifest.options;
  const filled = Object.entries(fillNull).map(([column, value]) => `${column} = ${JSON.stringify(value)}`);
  return [
    asKnown === "event_time" ? "values known from their event time" : "values known from their creation",
    nullKeys === "refuse" ? "null keys refused" : "rows with null keys kept",
    ...(fullFeatureNames ? ["full feature names"] : []),
    ...(filled.length > 0 ? [`nulls filled: ${filled.join(", ")}`] : []),
  ].join("; ");
}

/** What is to be seen of a finished training set: rows, columns with their nulls, the spine, and how to make it again. */
export async function Ready({ set, manifest }: { set: TrainingSet; manifest: Manifest }): Promise<React.ReactElement> {
  const [preview, origin] = await Promise.all([
    previewTrainingSet(await pageContext(), { name: set.name, limit: 50 }),
    requestOrigin(),
  ]);
  const again = reproduceSnippet(origin, set);
  return (
    <>
      <Section
        title="Columns"
        aside={`${formatCount(manifest.columns.length)}, shares of ${formatCount(manifest.rowCount)} rows`}
      >
        <Columns manifest={manifest} />
      </Section>
      <Section
        title="Rows"
        aside={`the first ${formatCount(preview.rows.length)} of ${formatCount(manifest.rowCount)}`}
      >
        <ValueTable caption={`First rows of ${set.name}`} columns={preview.columns} rows={preview.rows} />
      </Section>
      <Section title="Manifest" aside="everything that makes this set what it is">
        <Facts
          facts={[
            [
              "Content SHA-256",
              <span key="h" className="mono">
                {manifest.contentSha256}
              </span>,
            ],
            [
              "Spine hash",
              <span key="s" className="mono">
                {manifest.spine.hash}
              </span>,
            ],
            [
              "Spine",
              `${manifest.spine.kind === "sql" ? "SQL" : "rows sent with the request"}, time in ${manifest.spine.timestampColumn}`,
            ],
            ["Options", options(manifest)],
            ["Engine", `${manifest.engine.name} ${manifest.engine.version}`],
            ...Object.entries(manifest.inputs).map(([name, print]): [string, React.ReactNode] => [
              `Input ${name}`,
              <span key={name} className="mono">
                {print}
              </span>,
            ]),
          ]}
        />
      </Section>
      {manifest.spine.sql && (
        <Section title="Spine">
          <CodeBlock language="sql" title="Spine SQL" code={manifest.spine.sql} />
        </Section>
      )}
      <Section title="Use it" aside="built again, the content hash is the same as long as sources and commits are">
        <Stack gap="sm">
          <CodeBlock language="python" title="Load in Python" code={loadSnippet(origin, set.name)} />
          {again && <CodeBlock language="bash" title="Build again under another name" code={again} />}
        </Stack>
      </Section>
    </>
  );
}
