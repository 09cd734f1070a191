import { Stack } from "@mantine/core";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { requestOrigin } from "@/app/origin";
import { Section } from "@/components/catalog/section";
import { requestOfManifest } from "@/components/training/manifest-request";
import { warningsOfManifest } from "@/components/training/manifest-warnings";
import { loadSnippets, reproduceSnippet } from "@/components/training/set-snippets";
import { SplitCounts } from "@/components/training/split-counts";
import { inOrder } from "@/components/training/split-draft";
import { CodeBlock } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkTabs } from "@/components/ui/link-tabs";
import { formatCount } from "@/components/ui/numbers";
import { ValueTable } from "@/components/ui/value-table";
import { may } from "@/lib/access/authorize";
import { previewTrainingSet } from "@/lib/datasets/preview-training-set";
import type { Manifest, TrainingSet } from "@/lib/datasets/training-schema";
import { pageContext } from "@/lib/http/page-context";
import { listRuns } from "@/lib/jobs/list-runs";
import type { Run } from "@/lib/kernel/run";
import { Columns } from "./columns";
import { Downloads } from "./downloads";
import { LeakCheck } from "./leak-check";
import { ManifestFacts } from "./manifest-facts";
import { Verification } from "./verification";

type Props = { set: TrainingSet; manifest: Manifest };

/** What is to be seen of a finished training set. */
export async function Overview({ set, manifest }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const preview = await orForbidden(ctx, previewTrainingSet(ctx, { name: set.name, limit: 50 }));
  const mayPreview = may(ctx.actor, "training_set.create") && may(ctx.actor, "data.read");
  return (
    <>
      <Section title="Warnings">
        <LeakCheck known={warningsOfManifest(manifest)} request={mayPreview ? requestOfManifest(manifest) : null} />
      </Section>
      {manifest.split && (
        <Section title="Split" aside={`column ${manifest.split.column}`}>
          <SplitCounts parts={partsOf(manifest)} />
        </Section>
      )}
      <Section
        title="Columns"
        aside={`${formatCount(manifest.columns.length)}, shares of ${formatCount(manifest.rowCount)} rows`}
      >
        <Columns manifest={manifest} />
      </Section>
      {preview instanceof Forbidden ? (
        <Section title="Rows">
          <EmptyState title="The rows are not for you to read">
            <p>{preview.detail}.</p>
          </EmptyState>
        </Section>
      ) : (
        <Section
          title="Rows"
          aside={`the first ${formatCount(preview.rows.length)} of ${formatCount(manifest.rowCount)}`}
        >
          <ValueTable caption={`First rows of ${set.name}`} columns={preview.columns} rows={preview.rows} />
        </Section>
      )}
    </>
  );
}

/** What a training set was made from, and whether it can be made again. */
export async function Reproduce({ set, manifest }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const runs = await listRuns(ctx, { kind: "verify_training_set", limit: 100 });
  const allowed = may(ctx.actor, "training_set.create") && may(ctx.actor, "data.read");
  return (
    <>
      <Section title="Rebuild and verify" aside="from the manifest alone, at the commits that were read then">
        <Verification name={set.name} last={lastOf(runs.items, set.name)} refused={refusal(manifest, allowed)} />
      </Section>
      <ManifestFacts manifest={manifest} />
    </>
  );
}

function partsOf({ split, splitCounts }: Manifest): [name: string, rows: number][] {
  return inOrder(splitCounts ?? {}, split?.parts ?? []);
}

/** Runs do not say what they are about but in their title. */
function lastOf(runs: Run[], name: string): Run | null {
  return runs.find((run) => run.title === `Verify training set ${name}`) ?? null;
}

function refusal(manifest: Manifest, allowed: boolean): string | null {
  if (!allowed) return "Your role does not include building training sets, which verifying does.";
  return manifest.joins && manifest.spine.path
    ? null
    : "It was built before rows were kept with training sets, so it cannot be built again.";
}

/** The rows as files, and code that loads them. */
export async function UseSet({ set, manifest, use }: Props & { use: string | undefined }): Promise<React.ReactElement> {
  const [ctx, origin] = await Promise.all([pageContext(), requestOrigin()]);
  const snippets = loadSnippets(origin, set.name, manifest);
  const snippet = snippets.find((one) => one.value === use) ?? snippets[0];
  const again = reproduceSnippet(origin, set);
  return (
    <>
      <Section title="Downloads" aside="who takes them is in the audit log">
        {may(ctx.actor, "data.read") ? (
          <Downloads name={set.name} rowCount={manifest.rowCount} parts={partsOf(manifest)} />
        ) : (
          <p>Your role does not include reading data.</p>
        )}
      </Section>
      <Section title="Use it">
        <Stack gap="sm">
          {snippet && (
            <div>
              <LinkTabs param="use" label="Language" current={snippet.value} tabs={snippets} />
              <CodeBlock language={snippet.language} title={snippet.label} code={snippet.code} />
            </div>
          )}
          {again && <CodeBlock language="bash" title="Build one like it under another name" code={again} />}
        </Stack>
      </Section>
    </>
  );
}
