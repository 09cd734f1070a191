"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import classes from "./ingest.module.css";

/** Gives the rows that were put aside to the browser as CSV, at most 10,000 of them. */
export function DownloadAside({ group, id }: { group: string; id: string }): React.ReactElement {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  async function download(): Promise<void> {
    setPending(true);
    setError(null);
    try {
      const path = `/api/v1/feature-groups/${encodeURIComponent(group)}/quarantines/${encodeURIComponent(id)}/rows`;
      const response = await fetch(`${path}?limit=10000`, { headers: { accept: "text/csv" } });
      if (!response.ok) throw new Error(`The server answered ${response.status}.`);
      const url = URL.createObjectURL(await response.blob());
      const link = document.createElement("a");
      link.href = url;
      link.download = `${group}-${id}.csv`;
      link.click();
      // The browser has it once the click is through.
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (failed) {
      setError(failed instanceof Error ? failed.message : String(failed));
    } finally {
      setPending(false);
    }
  }
  return (
    <div className={classes.actions}>
      <Button size="xs" variant="default" loading={pending} onClick={() => void download()}>
        Download as CSV
      </Button>
      {error && (
        <span role="alert" className={classes.warning}>
          {error}
        </span>
      )}
    </div>
  );
}
