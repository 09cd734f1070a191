import { FactList, Section } from "@/components/catalog/section";
import classes from "@/components/snapshots/snapshots.module.css";
import { formatMinute } from "@/components/ui/instants";
import { LinkButton } from "@/components/ui/link-button";
import { formatBytes, formatCount } from "@/components/ui/numbers";
import { may } from "@/lib/access/authorize";
import { planRetention } from "@/lib/datasets/plan-retention";
import type { RetentionPlan } from "@/lib/datasets/retention-schema";
import type { Context } from "@/lib/platform/context";
import { RetentionButton } from "./retention-button";

const HELD_SHOWN = 10;

function holders({ held }: RetentionPlan): string {
  const names = [...new Set(held.flatMap(({ by }) => by))].map((one) =>
    one.replace("training_set:", "training set ").replace("snapshot:", "snapshot "),
  );
  const rest = names.length - HELD_SHOWN;
  return `${names.slice(0, HELD_SHOWN).join(", ")}${rest > 0 ? ` and ${formatCount(rest)} more` : ""}`;
}

/** How long a group's rows and commits are kept, and what applying that now would take away. */
export async function Retention({
  ctx,
  group,
  version,
}: {
  ctx: Context;
  group: string;
  version: number;
}): Promise<React.ReactElement> {
  const plan = await planRetention(ctx, { name: group, version });
  if (!plan.policy)
    return (
      <Section title="Retention">
        <p className={classes.note}>
          Everything is kept: every row, and every commit can be read. A <span className="mono">retention</span> in the
          definition limits how long.
        </p>
        {may(ctx.actor, "definition.write") && (
          <LinkButton variant="default" href={`/feature-groups/${group}/edit`}>
            Edit the definition
          </LinkButton>
        )}
      </Section>
    );
  const nothing = plan.rowCount === 0 && plan.expireCount === 0 && plan.files === 0;
  return (
    <Section title="Retention" aside="applied by itself once a day">
      <FactList
        facts={[
          {
            name: "Commits",
            value: plan.policy.history
              ? `can be read for ${plan.policy.history}, so since ${formatMinute(plan.commitsBefore)}`
              : "can be read for ever",
          },
          {
            name: "Rows",
            value: plan.policy.rows
              ? `are kept for ${plan.policy.rows}, so events since ${formatMinute(plan.rowsBefore)}`
              : "are kept for ever",
          },
          {
            name: "Would go now",
            value: nothing
              ? "nothing"
              : `${formatCount(plan.rowCount)} rows, ${formatCount(plan.expireCount)} commits; then nothing needs ${formatCount(plan.files)} files with ${formatBytes(plan.bytes)}`,
          },
          ...(plan.held.length > 0
            ? [{ name: "Old, but needed", value: `${formatCount(plan.held.length)} commits: ${holders(plan)}` }]
            : []),
        ]}
      />
      {may(ctx.actor, "history.write") && !nothing && (
        <div className={classes.actions}>
          <RetentionButton group={group} version={version}>
            <p>
              {plan.rowCount > 0 &&
                `${formatCount(plan.rowCount)} rows with events before ${formatMinute(plan.rowsBefore)} are removed; ${formatCount(plan.rowsKept)} stay. `}
              {plan.expireCount > 0 &&
                `${formatCount(plan.expireCount)} commits can no longer be read or restored; this cannot be undone. `}
              {plan.files > 0 &&
                `${formatCount(plan.files)} files with ${formatBytes(plan.bytes)} become garbage, which the next garbage collection removes.`}
            </p>
          </RetentionButton>
        </div>
      )}
    </Section>
  );
}
