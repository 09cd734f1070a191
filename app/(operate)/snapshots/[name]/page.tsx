import type { Metadata } from "next";
import Link from "next/link";
import { decodeSegment, orNotFound } from "@/app/or-not-found";
import { groupHref } from "@/components/catalog/links";
import { FactList, Section } from "@/components/catalog/section";
import { compareHref } from "@/components/snapshots/side";
import { SnapshotItems } from "@/components/snapshots/snapshot-items";
import classes from "@/components/snapshots/snapshots.module.css";
import { CodeBlock } from "@/components/ui/code-block";
import { LinkButton } from "@/components/ui/link-button";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { may } from "@/lib/access/authorize";
import { getSnapshot } from "@/lib/datasets/get-snapshot";
import type { SnapshotDetail } from "@/lib/datasets/snapshot-schema";
import { pageContext } from "@/lib/http/page-context";
import { SnapshotButtons } from "./snapshot-buttons";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ name: string }> };

/** The snapshot's name as the title of the tab. */
export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeSegment((await params).name) };
}

/** The group that can go back to the snapshot: the only one, in its newest version, changed since. */
function restorableOf({ items }: SnapshotDetail) {
  const [item] = items;
  if (items.length !== 1 || !item?.newer || !item.latest || item.rowCount === null) return null;
  return { group: item.group, commit: item.commit, now: item.rowCountNow ?? 0, rows: item.rowCount };
}

function snippetOf({ name, items }: SnapshotDetail): string {
  const group = items[0]?.group ?? "group";
  return [
    "# The rows as they were",
    `curl "$LARDER/api/v1/feature-groups/${group}/rows?snapshot=${name}"`,
    "",
    "# Features for training, joined from these commits",
    `curl "$LARDER/api/v1/features/historical" -H "content-type: application/json" \\`,
    `  -d '{ "entity_df": [ … ], "features": [ "${group}:…" ], "snapshot": "${name}" }'`,
  ].join("\n");
}

/** One snapshot: what it points to, what has changed since, and who uses it. */
export default async function SnapshotPage({ params }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const snapshot = await orNotFound(getSnapshot(ctx, { name: decodeSegment((await params).name) }));
  const { name, subject, kind, usedBy } = snapshot;
  const group = snapshot.items[0]?.group;
  const from = { kind: "snapshot", snapshot: name } as const;
  return (
    <>
      <PageHeader
        mono
        title={name}
        breadcrumbs={[{ label: "Snapshots", href: "/snapshots" }]}
        description={snapshot.description || "Nobody has said what it is for."}
        meta={
          <span>
            of {kind === "feature_view" ? "view" : "group"}{" "}
            <Link href={kind === "feature_view" ? `/feature-views/${subject}` : groupHref(subject)}>{subject}</Link>{" "}
            version {snapshot.version}
          </span>
        }
        action={
          <SnapshotButtons
            name={name}
            restorable={may(ctx.actor, "history.write") ? restorableOf(snapshot) : null}
            deletable={may(ctx.actor, "snapshot.write")}
          />
        }
      />
      <Section
        title="What it holds"
        aside={
          group && (
            <LinkButton
              size="compact-xs"
              variant="default"
              href={compareHref(from, { kind: "group", group, version: null, commit: null })}
            >
              Compare with now
            </LinkButton>
          )
        }
      >
        <SnapshotItems snapshot={name} items={snapshot.items} />
      </Section>
      <Section title="About">
        <FactList
          facts={[
            { name: "Made by", value: snapshot.createdBy },
            { name: "Made", value: <RelativeTime at={snapshot.createdAt} /> },
            {
              name: "Training sets built from it",
              value:
                usedBy.length === 0 ? (
                  "none"
                ) : (
                  <span className={classes.names}>
                    {usedBy.map((set) => (
                      <Link key={set} className="mono" href={`/training-sets/${set}`}>
                        {set}
                      </Link>
                    ))}
                  </span>
                ),
            },
          ]}
        />
      </Section>
      <Section title="Use it">
        <CodeBlock code={snippetOf(snapshot)} language="bash" title="curl" />
      </Section>
    </>
  );
}
