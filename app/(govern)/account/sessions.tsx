"use client";

import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { describeAgent } from "@/components/access/agent-words";
import { DataTable } from "@/components/ui/data-table";
import { postJson } from "@/components/ui/post-json";
import { RelativeTime } from "@/components/ui/relative-time";
import { useAct } from "@/components/ui/use-act";
import type { SessionSummary } from "@/lib/access/schema";
import { endSession } from "./actions";

function EndButton({ session }: { session: SessionSummary }): React.ReactElement {
  const { pending, act } = useAct();
  const what = `${describeAgent(session.agent)}, ${session.ip ?? "unknown address"}`;
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-xs"
      loading={pending}
      aria-label={`End the session of ${what}`}
      onClick={() => act(() => endSession({ id: session.id }), { done: `Ended: ${what}` })}
    >
      End
    </Button>
  );
}

/** Where one is signed in, to be ended one by one or all at once. */
export function Sessions({ sessions }: { sessions: SessionSummary[] }): React.ReactElement {
  const [pending, setPending] = useState(false);
  async function endAll(): Promise<void> {
    setPending(true);
    const answer = await postJson("/api/v1/me/sign-out-everywhere", {});
    if (answer.ok) return window.location.assign("/sign-in");
    setPending(false);
    notifications.show({ title: "You are still signed in", message: answer.error.detail, color: "red" });
  }
  return (
    <>
      <DataTable
        caption="Sessions"
        rows={sessions}
        rowKey={(session) => session.id}
        empty={<p>You are signed in nowhere.</p>}
        columns={[
          {
            key: "where",
            header: "Where",
            render: (session) => (
              <span title={session.agent ?? undefined}>
                {describeAgent(session.agent)}
                {session.current && <strong> (this one)</strong>}
              </span>
            ),
          },
          { key: "ip", header: "Address", render: ({ ip }) => <span className="mono">{ip ?? "–"}</span> },
          { key: "seen", header: "Last seen", render: (session) => <RelativeTime at={session.lastSeenAt} /> },
          { key: "since", header: "Since", wide: true, render: (session) => <RelativeTime at={session.createdAt} /> },
          {
            key: "end",
            header: <span className="visually-hidden">End</span>,
            align: "right",
            render: (session) => (session.current ? null : <EndButton session={session} />),
          },
        ]}
      />
      <div style={{ marginTop: 12 }}>
        <Button variant="default" loading={pending} onClick={() => void endAll()}>
          Sign out everywhere
        </Button>
      </div>
    </>
  );
}
