import type { Metadata } from "next";
import { Forbidden, orForbidden } from "@/app/or-forbidden";
import { FactList, Section } from "@/components/catalog/section";
import { GroupSizes } from "@/components/storage/group-sizes";
import { Problems } from "@/components/storage/problems";
import { NoPermission } from "@/components/ui/no-permission";
import { formatBytes, formatCount } from "@/components/ui/numbers";
import { PageHeader } from "@/components/ui/page-header";
import { RelativeTime } from "@/components/ui/relative-time";
import { RunProgress } from "@/components/ui/run-progress";
import { singleParams } from "@/components/ui/search-params";
import { may } from "@/lib/access/authorize";
import { checkStorage } from "@/lib/datasets/check-storage";
import type { StorageOverview, StorageProblem } from "@/lib/datasets/storage-schema";
import { pageContext } from "@/lib/http/page-context";
import { CheckButton } from "./check-button";
import { Collect } from "./collect";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { title: "Storage" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Whether everything stored is whole, what takes up space, and what nothing needs. */
export default async function StoragePage({ searchParams }: Props): Promise<React.ReactElement> {
  const ctx = await pageContext();
  const found = await orForbidden(ctx, checkStorage(ctx, {}));
  if (found instanceof Forbidden) return <NoPermission title="Storage" detail={found.detail} />;
  const { run } = singleParams(await searchParams);
  const problems = problemsOf(found);
  return (
    <>
      <PageHeader
        title="Storage"
        description="Every file that commits, training sets and quarantines name, looked at when this page was opened: whether it is there, of its size, with its rows."
        action={<CheckButton />}
      />
      {run && <RunProgress key={run} runId={run} />}
      <Section title={problems.length === 0 ? "Everything is whole" : "Damaged files"}>
        {problems.length > 0 && <Problems problems={problems} />}
        <FactList
          facts={[
            { name: "Files", value: formatCount(found.files) },
            { name: "Size", value: formatBytes(found.bytes) },
            { name: "Damaged", value: problems.length === 0 ? "none" : formatCount(problems.length) },
            {
              name: "Every byte read",
              value: found.lastDeep ? <RelativeTime at={found.lastDeep.checkedAt} /> : "never",
            },
          ]}
        />
      </Section>
      <Section title="By feature group">
        <GroupSizes groups={found.groups} />
      </Section>
      <Section
        title="What nothing needs"
        aside={may(ctx.actor, "storage.manage") ? <Collect /> : "An admin can remove it"}
      >
        <FactList
          facts={[
            { name: "Garbage", value: sizeOf(found.garbage) },
            { name: "Named by nothing", value: sizeOf(found.orphaned) },
          ]}
        />
      </Section>
    </>
  );
}

const sizeOf = ({ files, bytes }: { files: number; bytes: number }): string =>
  `${formatCount(files)} ${files === 1 ? "file" : "files"}, ${formatBytes(bytes)}`;

/** What is wrong now, and what the last reading of every byte found beside it. */
function problemsOf({ problems, lastDeep }: StorageOverview): StorageProblem[] {
  const now = new Set(problems.map((problem) => problem.path));
  return [...problems, ...(lastDeep?.problems.filter((problem) => !now.has(problem.path)) ?? [])];
}
