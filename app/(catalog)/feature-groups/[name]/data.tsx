import { Section } from "@/components/catalog/section";
import { commitWords } from "@/components/snapshots/commit-words";
import { MomentPicker } from "@/components/snapshots/moment-picker";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { formatCount } from "@/components/ui/numbers";
import { ValueTable } from "@/components/ui/value-table";
import { listCommits } from "@/lib/datasets/list-commits";
import { listSnapshots } from "@/lib/datasets/list-snapshots";
import { readRows } from "@/lib/datasets/read-rows";
import { ReadRows, type TableAnswer } from "@/lib/datasets/schema";
import { isLarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { GroupDetail } from "@/lib/registry/schema";

const PREVIEW_ROWS = 100;
const OFFERED = 200;

/** Which moment the address asks for; what is not valid is now. */
type Asked = { commit?: string | undefined; snapshot?: string | undefined };
const Moment = ReadRows.pick({ commit: true, snapshot: true });

/** The newest rows of a group, now or as of a commit or snapshot. */
export async function Data({
  ctx,
  group,
  asked,
}: {
  ctx: Context;
  group: Pick<GroupDetail, "name" | "version" | "sql">;
  asked: Asked;
}): Promise<React.ReactElement> {
  const { name, version } = group;
  const wanted = Moment.safeParse(asked).data ?? {};
  const moment = wanted.snapshot ? { snapshot: wanted.snapshot } : wanted.commit ? { commit: wanted.commit } : {};
  const [commits, snapshots] = await Promise.all([
    listCommits(ctx, { name, version, limit: OFFERED }),
    listSnapshots(ctx, { group: name, version, limit: OFFERED }),
  ]);
  const head = commits.items[0];
  if (!head)
    return (
      <EmptyState title="No data yet">
        {group.sql === null ? "Write rows to fill it." : "Recompute the group to fill it."}
      </EmptyState>
    );
  const answer = await readRows(ctx, { name, version, order: "desc", limit: PREVIEW_ROWS, ...moment }).then(
    (table): Read => ({ ok: true, table }),
    refused,
  );
  const offered = commits.items.filter(({ sequence, expiredAt }) => sequence === moment.commit || expiredAt === null);
  const at = snapshots.items.find((one) => one.name === moment.snapshot)?.items.find((item) => item.group === name);
  const sequence = moment.commit ?? at?.commit ?? head.sequence;
  const total = commits.items.find((commit) => commit.sequence === sequence)?.liveRows;
  const words = moment.snapshot
    ? ` in snapshot ${moment.snapshot}`
    : moment.commit
      ? ` at commit ${moment.commit}`
      : "";
  return (
    <Section
      title={words ? `Rows${words}` : "Newest rows"}
      aside={
        answer.ok &&
        `${formatCount(answer.table.rows.length)}${total === undefined ? "" : ` of ${formatCount(total)}`}, newest event first`
      }
    >
      <MomentPicker
        current={moment.snapshot ? `snapshot:${moment.snapshot}` : moment.commit ? `commit:${moment.commit}` : null}
        snapshots={snapshots.items.map((one) => ({
          name: one.name,
          commit: one.items.find((item) => item.group === name)?.commit ?? 0,
        }))}
        commits={offered.map((commit) => ({
          sequence: commit.sequence,
          words: `${commitWords(commit)}, ${formatCount(commit.liveRows)} rows`,
        }))}
      />
      {answer.ok ? (
        <ValueTable caption={`Rows of ${name}${words}`} columns={answer.table.columns} rows={answer.table.rows} />
      ) : (
        <ErrorState heading="h2" title="These rows cannot be read" detail={answer.detail} />
      )}
    </Section>
  );
}

type Read = { ok: true; table: TableAnswer } | { ok: false; detail: string };

function refused(error: unknown): Read {
  const moments = ["commit_not_found", "commit_expired", "snapshot_not_found", "validation_failed"];
  if (isLarderError(error) && moments.includes(error.code)) return { ok: false, detail: error.detail };
  throw error;
}
