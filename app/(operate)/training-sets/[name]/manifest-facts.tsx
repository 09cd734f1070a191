import Link from "next/link";
import { Facts, Section } from "@/components/catalog/section";
import { CodeBlock } from "@/components/ui/code-block";
import { formatExact } from "@/components/ui/instants";
import { formatCount } from "@/components/ui/numbers";
import type { Manifest } from "@/lib/datasets/training-schema";
import { formatDuration } from "@/lib/kernel/time";

/** A manifest in words, and as the JSON that it is. */
export function ManifestFacts({ manifest }: { manifest: Manifest }): React.ReactElement {
  const { spine, options, engine, snapshot } = manifest;
  const filled = Object.entries(options.fillNull).map(([column, value]) => `${column} = ${JSON.stringify(value)}`);
  const filters = (manifest.filters ?? []).map(
    ({ column, operator, value }) => `${column} ${operator} ${JSON.stringify(value)}`,
  );
  const computed = (manifest.onDemand?.columns ?? []).map(({ name, expression }) => `${name} = ${expression}`);
  return (
    <>
      <Section title="Manifest" aside="everything that makes this set what it is">
        <Facts
          facts={[
            ["Content SHA-256", <Mono key="h" text={manifest.contentSha256} />],
            ["Rows came from", spineWords(manifest)],
            ["Rows read", `${formatCount(spine.rowCount)}, time in ${spine.timestampColumn}`],
            ["Rows' SHA-256", spine.contentSha256 ? <Mono key="r" text={spine.contentSha256} /> : null],
            ["Label", spine.label],
            [
              "Left out",
              filters.length > 0
                ? `${formatCount(manifest.filteredCount ?? 0)} rows that are not ${filters.join(" and ")}`
                : null,
            ],
            ["Values known from", options.asKnown === "event_time" ? "their event time" : "the time they were created"],
            ["Null keys", options.nullKeys === "refuse" ? "refused" : "kept, with null features"],
            ["Nulls filled", filled.length > 0 ? filled.join(", ") : "none"],
            ["Computed", computed.length > 0 ? <Mono key="c" text={computed.join("; ")} /> : null],
            ["Split", splitWords(manifest)],
            [
              "Snapshot",
              snapshot ? (
                <Link key="s" href={`/snapshots/${snapshot}`} className="mono">
                  {snapshot}
                </Link>
              ) : null,
            ],
            ["Engine", `${engine.name} ${engine.version}`],
            ...Object.entries(manifest.inputs).map(([name, print]): [string, React.ReactNode] => [
              `Input ${name}`,
              <Mono key={name} text={print} />,
            ]),
          ]}
        />
      </Section>
      {manifest.joins && manifest.joins.length > 0 && (
        <Section title="Joined" aside="each group as of one commit">
          <ul style={{ display: "grid", gap: 6, margin: 0, paddingLeft: 18, fontSize: 13 }}>
            {manifest.joins.map((join) => (
              <li key={`${join.groupId} ${join.features.map((feature) => feature.column).join(" ")}`}>
                <Link href={`/feature-groups/${join.group}`} className="mono">
                  {join.group}@{join.groupVersion}
                </Link>{" "}
                at commit {formatCount(join.commitSequence)}, by {keyWords(join.keys)};{" "}
                {join.ttlSeconds === null
                  ? "values keep for ever"
                  : `values keep for ${formatDuration(join.ttlSeconds)}`}
                .
              </li>
            ))}
          </ul>
        </Section>
      )}
      {spine.sql && (
        <Section title="Spine">
          <CodeBlock language="sql" title="Spine SQL" code={spine.sql} />
        </Section>
      )}
      <Section title="As JSON">
        <CodeBlock language="json" title="Manifest JSON" code={JSON.stringify(manifest, null, 2)} />
      </Section>
    </>
  );
}

function Mono({ text }: { text: string }): React.ReactElement {
  return (
    <span className="mono" style={{ overflowWrap: "anywhere" }}>
      {text}
    </span>
  );
}

function keyWords(keys: Record<string, string>): string {
  const pairs = Object.entries(keys).map(([key, column]) => (key === column ? key : `${column} as ${key}`));
  return pairs.length === 0 ? "no key" : pairs.join(", ");
}

function spineWords({ spine }: Manifest): string {
  if (spine.kind === "sql") return "SQL, below";
  if (spine.kind === "upload") return `an uploaded file, ${spine.upload ?? "now unknown"}`;
  if (spine.kind === "rows") return "the request itself";
  const { group } = spine;
  if (!group) return "a feature group";
  const start = group.start ? ` from ${formatExact(group.start)}` : "";
  const end = group.end ? ` until ${formatExact(group.end)}` : "";
  return `feature group ${group.name}@${group.version} at commit ${formatCount(group.commitSequence)}${start}${end}`;
}

function splitWords({ split }: Manifest): string | null {
  if (!split) return null;
  if (split.by === "time")
    return `by time: ${split.parts.map(({ name, until }) => (until ? `${name} until ${formatExact(until)}` : name)).join(", ")}`;
  const parts = split.parts.map(({ name, share }) => `${name} ${Number((share * 100).toFixed(4))} %`);
  return `at random by ${split.keys.join(", ")}, seed ${split.seed}: ${parts.join(", ")}`;
}
