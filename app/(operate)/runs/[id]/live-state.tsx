"use client";

import { RunStateBadge } from "@/components/ui/status-badge";
import { useRun } from "@/components/ui/use-run";
import type { Run } from "@/lib/kernel/run";

/** The state of a run in the head of its page, as it changes. */
export function LiveState({ initial }: { initial: Run }): React.ReactElement {
  const { run } = useRun(initial.id, initial);
  return <RunStateBadge state={(run ?? initial).state} />;
}
