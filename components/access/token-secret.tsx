"use client";

import { Button, Group } from "@mantine/core";
import { CodeBlock } from "@/components/ui/code-block";
import classes from "@/components/ui/dialog.module.css";
import { formatMinute } from "@/components/ui/instants";
import { ShownOnce } from "@/components/ui/shown-once";
import type { NewToken } from "@/lib/access/schema";

/** A call that this token may make, ready to paste. */
function exampleOf({ token, secret }: NewToken, origin: string): string {
  const path = token.scopes.includes("catalog:read") ? "/api/v1/features?limit=5" : "/api/v1/me";
  return `curl -s ${origin}${path} \\\n  -H "Authorization: Bearer ${secret}"`;
}

/** A new token's secret, this once, and how to use it. Only after an action, so only in a browser. */
export function TokenSecret({ made, onClose }: { made: NewToken; onClose: () => void }): React.ReactElement {
  return (
    <div className={classes.form}>
      <ShownOnce
        label="token"
        secret={made.secret}
        note={`Copy it now: it is shown this once, and only its fingerprint is kept. It works until ${formatMinute(made.token.expiresAt)}.`}
      />
      <CodeBlock language="bash" title="Try it" code={exampleOf(made, window.location.origin)} />
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </div>
  );
}
