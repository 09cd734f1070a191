"use client";

import { Button, FileInput, Radio, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import type { WriteMode } from "@/lib/datasets/ingest-schema";
import { bodyOf } from "./example-row";
import classes from "./ingest.module.css";
import { type SendAnswer, sendRows, typeOf } from "./send-rows";
import { WriteOutcome } from "./write-outcome";

const MODES: { value: WriteMode; label: string; description: string }[] = [
  { value: "append", label: "Append", description: "Adds the rows. One bad row, and nothing is written." },
  {
    value: "quarantine",
    label: "Append, and put bad rows aside",
    description: "Good rows are written, bad ones kept with their reasons.",
  },
  {
    value: "overwrite",
    label: "Overwrite",
    description: "Replaces all rows of the group, or those of a range of event time.",
  },
];

/** Writes rows into a group, from a file or as pasted JSON, and says what came of it. */
export function WriteRowsForm({ group, example }: { group: string; example: string }): React.ReactElement {
  const router = useRouter();
  const [way, setWay] = useState<"file" | "paste">("file");
  const [file, setFile] = useState<File | null>(null);
  const [text, setText] = useState("");
  const [mode, setMode] = useState<WriteMode>("append");
  const [start, setStart] = useState("");
  const [end, setEnd] = useState("");
  const [share, setShare] = useState<number | null>(null);
  const [answer, setAnswer] = useState<SendAnswer | null>(null);
  const [error, setError] = useState<string | null>(null);
  const abort = useRef<AbortController | null>(null);
  // Until it is known what came of the rows, they are the same write.
  const key = useRef<string | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const touch = (): void => {
    key.current = null;
    setError(null);
    setAnswer(null);
  };

  async function send(): Promise<void> {
    if (share !== null) return;
    setError(null);
    const options = {
      mode,
      ...(mode === "overwrite" && start.trim() !== "" && { start: start.trim() }),
      ...(mode === "overwrite" && end.trim() !== "" && { end: end.trim() }),
    };
    let given: { body: Blob | string; type: string; query: Record<string, string> };
    try {
      given = await rowsOf(way, { file, text, options });
    } catch (failed) {
      setError(failed instanceof Error ? failed.message : String(failed));
      return;
    }
    setAnswer(null);
    setShare(0);
    abort.current = new AbortController();
    key.current ??= crypto.randomUUID();
    const sent = await sendRows(group, { ...given, key: key.current }, setShare, abort.current.signal);
    setShare(null);
    setAnswer(sent);
    if (!sent.ok) return;
    key.current = null;
    router.refresh();
  }

  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div>
        <SegmentedControl
          aria-label="How the rows are given"
          size="xs"
          value={way}
          onChange={(value) => {
            touch();
            setWay(value as "file" | "paste");
          }}
          data={[
            { value: "file", label: "A file" },
            { value: "paste", label: "Paste JSON" },
          ]}
        />
      </div>
      {way === "file" ? (
        <FileInput
          label="File"
          description="CSV, Parquet, or JSON (one object a line, or a list of at most 10 MB). At most 1 GB."
          placeholder="Choose a file"
          accept=".csv,.parquet,.json,.ndjson,.jsonl"
          clearable
          clearButtonProps={{ "aria-label": "Remove the file" }}
          value={file}
          error={error}
          onChange={(chosen) => {
            touch();
            setFile(chosen);
          }}
        />
      ) : (
        <Textarea
          label="Rows"
          description="One object, a list of them, or one a line. Integers beyond 2^53 as strings."
          className={classes.mono}
          autosize
          minRows={5}
          maxRows={18}
          spellCheck={false}
          placeholder={example}
          value={text}
          error={error}
          onChange={(event) => {
            touch();
            setText(event.currentTarget.value);
          }}
        />
      )}
      <Radio.Group
        label="Mode"
        value={mode}
        onChange={(value) => {
          touch();
          setMode(value as WriteMode);
        }}
      >
        <Stack gap={8} mt={8}>
          {MODES.map((one) => (
            <Radio key={one.value} {...one} />
          ))}
        </Stack>
      </Radio.Group>
      {mode === "overwrite" && (
        <div className={classes.range}>
          {(
            [
              ["From", "Only rows from then on are replaced; empty: from the first", start, setStart],
              ["Before", "Only rows before then are replaced; empty: to the last", end, setEnd],
            ] as const
          ).map(([label, description, value, set]) => (
            <TextInput
              key={label}
              label={label}
              description={description}
              placeholder="2026-01-31T00:00:00Z"
              className={classes.mono}
              spellCheck={false}
              autoComplete="off"
              value={value}
              onChange={(event) => {
                touch();
                set(event.currentTarget.value);
              }}
            />
          ))}
        </div>
      )}
      <div className={classes.actions}>
        <Button type="submit" size="sm" loading={share !== null} color={overwritesAll() ? "red" : undefined}>
          {overwritesAll() ? "Replace all rows" : mode === "overwrite" ? "Replace the range" : "Write rows"}
        </Button>
        {share !== null && (
          <>
            <Button size="sm" variant="subtle" color="gray" onClick={() => abort.current?.abort()}>
              Cancel
            </Button>
            <span role="status" className={classes.quiet}>
              {share < 1 ? `Sending, ${Math.round(share * 100)} %` : "Checking every row"}
            </span>
          </>
        )}
      </div>
      {answer && <WriteOutcome group={group} answer={answer} />}
    </form>
  );

  function overwritesAll(): boolean {
    return mode === "overwrite" && start.trim() === "" && end.trim() === "";
  }
}

async function rowsOf(
  way: "file" | "paste",
  { file, text, options }: { file: File | null; text: string; options: Record<string, string> },
): Promise<{ body: Blob | string; type: string; query: Record<string, string> }> {
  if (way === "paste") return { body: bodyOf(text, options), type: "application/json", query: {} };
  if (!file) throw new Error("Choose a file");
  const type = typeOf(file.name);
  if (!type) throw new Error(`${file.name} is none of .csv, .parquet, .json and .ndjson`);
  if (type !== "application/json") return { body: file, type, query: options };
  return { body: bodyOf(await file.text(), options), type, query: {} };
}
