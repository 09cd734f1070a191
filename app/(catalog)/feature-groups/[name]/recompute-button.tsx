"use client";

import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useTransition } from "react";
import { withParams } from "@/components/ui/search-params";
import { recompute } from "./actions";

/** Recomputes a group: starts a run, whose progress the page then shows. */
export function RecomputeButton({ group, busy }: { group: string; busy: boolean }): React.ReactElement {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [pending, start] = useTransition();
  function press(): void {
    start(async () => {
      const answer = await recompute({ groups: [group] });
      if (!answer.ok) {
        notifications.show({ title: "Nothing was started", message: answer.error.detail, color: "red" });
        return;
      }
      router.replace(withParams(path, params, { run: answer.data.run.id }), { scroll: false });
    });
  }
  return (
    <Button onClick={press} loading={pending} disabled={busy}>
      {busy ? "Computing…" : "Recompute"}
    </Button>
  );
}
