"use client";

import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import classes from "./dialog.module.css";

/** A secret that is shown this once: its text, a button that copies it, and what becomes of it. */
export function ShownOnce({
  label,
  secret,
  note,
}: {
  /** What it is: `link`, `token`. */
  label: string;
  secret: string;
  note: string;
}): React.ReactElement {
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <>
      <section className={classes.once} aria-label={`The ${label}`}>
        <code className={classes.secret}>{secret}</code>
        <Button
          leftSection={clipboard.copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          onClick={() => clipboard.copy(secret)}
        >
          {clipboard.copied ? "Copied" : `Copy ${label}`}
        </Button>
      </section>
      <p className={classes.note}>{note}</p>
      {clipboard.error && <p className={classes.error}>The browser refused; mark the text and copy it yourself.</p>}
    </>
  );
}
