"use client";

import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ManifestRequest } from "@/components/training/manifest-request";
import { type Warning, WarningList } from "@/components/training/warning-list";
import { fetchJson } from "@/components/ui/fetch-json";
import { formatCount } from "@/components/ui/numbers";
import type { RetrievalPreview } from "@/lib/datasets/training-schema";
import classes from "./set.module.css";

/** What looks wrong about a training set: what its manifest shows, and on demand what a preview of the same request finds now. */
export function LeakCheck({
  known,
  request,
}: {
  known: Warning[];
  /** null: the reader cannot ask for it. */
  request: ManifestRequest | null;
}): React.ReactElement | null {
  const check = useMutation({
    mutationFn: () =>
      fetchJson<RetrievalPreview>("/api/v1/training-sets/preview", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
      }),
  });
  const warnings: Warning[] = check.data?.warnings ?? known;
  return (
    <div className={classes.verify}>
      {warnings.length > 0 && <WarningList warnings={warnings} />}
      {check.data && (
        <p className={classes.quiet} role="status">
          {check.data.warnings.length === 0 ? "Nothing looks wrong" : "As found now"}, in{" "}
          {formatCount(check.data.rowCount)} {check.data.sampled ? "rows, evenly spread over all" : "rows"}.
        </p>
      )}
      {!check.data && warnings.length === 0 && (
        <p className={classes.quiet}>No column is mostly null. Values from the future are looked for in a preview.</p>
      )}
      {check.error && (
        <p className={classes.error} role="alert">
          {check.error.message}
        </p>
      )}
      {request && (
        <div>
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
            Look for values from the future
          </Button>
        </div>
      )}
    </div>
  );
}
