"use client";

import { Button } from "@mantine/core";
import { DataTable } from "@/components/ui/data-table";
import { RelativeTime } from "@/components/ui/relative-time";
import { useAct } from "@/components/ui/use-act";
import type { InvitationSummary } from "@/lib/access/schema";
import { takeBack } from "./actions";

function Revoke({ invitation }: { invitation: InvitationSummary }): React.ReactElement {
  const { pending, act } = useAct();
  const whom = invitation.email ?? `a new ${invitation.role}`;
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-xs"
      loading={pending}
      aria-label={`Revoke the invitation for ${whom}`}
      onClick={() =>
        act(() => takeBack({ id: invitation.id }), { done: `The link for ${whom} does not work any more` })
      }
    >
      Revoke
    </Button>
  );
}

/** Links that nobody has used yet. */
export function Invitations({ invitations }: { invitations: InvitationSummary[] }): React.ReactElement {
  return (
    <DataTable
      caption="Open invitations"
      rows={invitations}
      rowKey={(invitation) => invitation.id}
      empty={null}
      columns={[
        { key: "email", header: "For", render: (invitation) => invitation.email ?? "whoever has the link" },
        {
          key: "role",
          header: "Role",
          render: ({ role, sensitive }) => (sensitive ? `${role}, sensitive reader` : role),
        },
        { key: "by", header: "Invited by", wide: true, render: (invitation) => invitation.createdBy },
        { key: "at", header: "Made", wide: true, render: (invitation) => <RelativeTime at={invitation.createdAt} /> },
        { key: "until", header: "Ends", render: (invitation) => <RelativeTime at={invitation.expiresAt} /> },
        {
          key: "revoke",
          header: <span className="visually-hidden">Revoke</span>,
          align: "right",
          render: (invitation) => <Revoke invitation={invitation} />,
        },
      ]}
    />
  );
}
