"use client";

import { Button, FileButton } from "@mantine/core";
import { type DragEvent, useEffect, useRef, useState } from "react";
import type { UploadedFile } from "@/lib/datasets/schema";
import { formatBytes, formatCount } from "../ui/numbers";
import { formatOf, sendFile, type UploadPurpose } from "./send-file";
import classes from "./upload.module.css";

type Going = { name: string; size: number; share: number };

const WORDS = {
  source: { files: "CSV or Parquet", accept: ".csv,.parquet", neither: "neither .csv nor .parquet", more: "" },
  spine: {
    files: "CSV, Parquet or JSON",
    accept: ".csv,.parquet,.json,.jsonl,.ndjson",
    neither: "none of .csv, .parquet and .json",
    more: " JSON: an array of objects, or one object a line.",
  },
};

/** Takes a file by choosing or dropping it, and shows how far it is; `onUploaded` hears of it when it is kept. */
export function Upload({
  onUploaded,
  purpose = "source",
}: {
  onUploaded: (file: UploadedFile, name: string) => void;
  purpose?: UploadPurpose;
}): React.ReactElement {
  const words = WORDS[purpose];
  const [going, setGoing] = useState<Going | null>(null);
  const [done, setDone] = useState<{ name: string; file: UploadedFile } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  async function take(file: File | null | undefined): Promise<void> {
    if (!file || going) return;
    setError(null);
    setDone(null);
    if (!formatOf(file.name, purpose)) {
      setError(`${file.name} is ${words.neither}. Export it as one of them.`);
      return;
    }
    const { name, size } = file;
    abort.current = new AbortController();
    setGoing({ name, size, share: 0 });
    try {
      const kept = await sendFile(file, (share) => setGoing({ name, size, share }), abort.current.signal, purpose);
      setDone({ name, file: kept });
      onUploaded(kept, name);
    } catch (failed) {
      setError(failed instanceof Error ? failed.message : String(failed));
    } finally {
      setGoing(null);
    }
  }

  function onDrop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is another way to do what the button does
    <div
      className={classes.drop}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <FileButton
        onChange={(file) => void take(file)}
        accept={words.accept}
        inputProps={{ "aria-label": `${words.files} file` }}
      >
        {(props) => (
          <Button {...props} variant="default" disabled={going !== null}>
            Choose a {words.files} file
          </Button>
        )}
      </FileButton>
      <p>Or drop it here. CSV: comma-separated, UTF-8, with a header line.{words.more} At most 1 GB.</p>
      {going && (
        <>
          <p role="status">
            {going.share < 1
              ? `Sending ${going.name}, ${Math.round(going.share * 100)} % of ${formatBytes(going.size)}`
              : `Reading ${going.name} once through`}
          </p>
          <div
            className={classes.bar}
            role="progressbar"
            aria-label={`Upload of ${going.name}`}
            aria-valuenow={Math.round(going.share * 100)}
          >
            <div style={{ width: `${going.share * 100}%` }} />
          </div>
          <Button variant="subtle" color="gray" onClick={() => abort.current?.abort()}>
            Cancel upload
          </Button>
        </>
      )}
      {done && (
        <p role="status">
          {done.name}: {formatCount(done.file.rowCount)} rows, {formatCount(done.file.columns.length)} columns.
        </p>
      )}
      {error && (
        <p role="alert" className={classes.error}>
          {error}
        </p>
      )}
    </div>
  );
}
