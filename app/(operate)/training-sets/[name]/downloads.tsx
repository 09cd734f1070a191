"use client";

import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { LinkButton } from "@/components/ui/link-button";
import { formatBytes, formatCount } from "@/components/ui/numbers";
import classes from "./set.module.css";

const FORMATS = [
  { label: "CSV", type: "text/csv", end: "csv" },
  { label: "JSON", type: "application/json", end: "json" },
  { label: "Arrow", type: "application/vnd.apache.arrow.stream", end: "arrows" },
] as const;
type Format = (typeof FORMATS)[number];
type Going = { key: string; bytes: number };

/** The rows as files: the Parquet file as it is, and in other forms; all of them, and each part of a split. */
export function Downloads({
  name,
  rowCount,
  parts,
}: {
  name: string;
  rowCount: number;
  parts: [name: string, rows: number][];
}): React.ReactElement {
  const [going, setGoing] = useState<Going | null>(null);
  const [error, setError] = useState<string | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const lines = [{ part: null, rows: rowCount }, ...parts.map(([part, rows]) => ({ part, rows }))];
  const url = (part: string | null): string =>
    `/api/v1/training-sets/${name}/data${part === null ? "" : `?part=${encodeURIComponent(part)}`}`;

  async function save(part: string | null, format: Format): Promise<void> {
    const key = `${part ?? ""} ${format.label}`;
    const control = new AbortController();
    abort.current = control;
    setError(null);
    setGoing({ key, bytes: 0 });
    try {
      const blob = await take(url(part), format.type, control.signal, (bytes) => setGoing({ key, bytes }));
      hand(blob, `${part === null ? name : `${name}-${part}`}.${format.end}`);
    } catch (failed) {
      if (!control.signal.aborted) setError(failed instanceof Error ? failed.message : String(failed));
    } finally {
      setGoing(null);
    }
  }

  return (
    <>
      <table className={classes.downloads} aria-label="Downloads">
        <thead>
          <tr>
            <th scope="col">Rows</th>
            <th scope="col">As</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ part, rows }) => (
            <tr key={part ?? ""}>
              <th scope="row">
                <span className={part === null ? undefined : "mono"}>{part ?? "All"}</span>{" "}
                <span className="number">{formatCount(rows)}</span>
              </th>
              <td>
                <span className={classes.formats}>
                  <LinkButton
                    external
                    size="compact-xs"
                    variant="default"
                    href={url(part)}
                    aria-label={`Download ${part ?? "all rows"} as Parquet`}
                  >
                    Parquet
                  </LinkButton>
                  {FORMATS.map((format) => (
                    <Button
                      key={format.end}
                      size="compact-xs"
                      variant="default"
                      disabled={going !== null}
                      aria-label={`Download ${part ?? "all rows"} as ${format.label}`}
                      onClick={() => void save(part, format)}
                    >
                      {going?.key === `${part ?? ""} ${format.label}` ? formatBytes(going.bytes) : format.label}
                    </Button>
                  ))}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {going && (
        <p className={classes.quiet} role="status">
          Writing the file, {formatBytes(going.bytes)} so far.{" "}
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => abort.current?.abort()}>
            Stop
          </Button>
        </p>
      )}
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
    </>
  );
}

/** Fetches what a link cannot ask for, since its form is chosen by a header. */
async function take(url: string, type: string, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<Blob> {
  const answer = await fetch(url, { headers: { accept: type }, signal });
  if (!answer.ok || !answer.body) {
    const problem = (await answer.json().catch(() => null)) as { detail?: string } | null;
    throw new Error(problem?.detail ?? `The server answered ${answer.status}.`);
  }
  let bytes = 0;
  let told = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, control) {
      bytes += chunk.byteLength;
      if (bytes - told > 250_000) {
        told = bytes;
        onBytes(bytes);
      }
      control.enqueue(chunk);
    },
  });
  return new Response(answer.body.pipeThrough(counted)).blob();
}

function hand(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
