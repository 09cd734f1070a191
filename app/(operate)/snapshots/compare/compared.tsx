import { ComparisonView } from "@/components/snapshots/comparison-view";
import { type Side, sideInput } from "@/components/snapshots/side";
import { ErrorState } from "@/components/ui/error-state";
import { isLarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { compareSnapshots } from "@/lib/quality/compare-snapshots";

/** What differs in one feature group of both sides, or why that cannot be told. */
export async function Compared({
  ctx,
  from,
  to,
  group,
}: {
  ctx: Context;
  from: Side;
  to: Side;
  group: string | undefined;
}): Promise<React.ReactElement> {
  const input = { from: sideInput(from), to: sideInput(to), ...(group ? { group } : {}) };
  const answer = await compareSnapshots(ctx, input).catch((error: unknown) => {
    if (isLarderError(error) && error.code !== "internal") return error;
    throw error;
  });
  if (isLarderError(answer))
    return <ErrorState heading="h2" title="These two cannot be compared" detail={answer.detail} />;
  return (
    <>
      {answer.groups.map((compared) => (
        <ComparisonView key={compared.group} compared={compared} />
      ))}
    </>
  );
}
