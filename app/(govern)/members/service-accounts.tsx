"use client";

import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import person from "@/components/access/person.module.css";
import { scopeChoices } from "@/components/access/scopes";
import { TokenDialog } from "@/components/access/token-dialog";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { useAct } from "@/components/ui/use-act";
import type { PermissionTable, ServiceAccountSummary } from "@/lib/access/schema";
import { AccountRole } from "./account-role";
import { addToken, changeServiceAccount } from "./actions";
import classes from "./members.module.css";
import { ServiceAccountDialog } from "./service-account-dialog";

function Buttons({ account, onToken }: { account: ServiceAccountSummary; onToken: () => void }): React.ReactElement {
  const { pending, act } = useAct();
  const disabled = !account.disabled;
  return (
    <div className={classes.buttons}>
      <Button
        variant="default"
        size="compact-xs"
        disabled={account.disabled}
        aria-label={`New token for ${account.name}`}
        onClick={onToken}
      >
        New token
      </Button>
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        loading={pending}
        aria-label={`${disabled ? "Disable" : "Enable"} ${account.name}`}
        onClick={() =>
          act(() => changeServiceAccount({ id: account.id, disabled }), {
            done: disabled ? `No token of ${account.name} works any more` : `Tokens of ${account.name} work again`,
          })
        }
      >
        {disabled ? "Disable" : "Enable"}
      </Button>
    </div>
  );
}

/** Accounts of programs, whose tokens do not end when a person leaves. */
export function ServiceAccounts({
  accounts,
  permissions,
}: {
  accounts: ServiceAccountSummary[];
  permissions: PermissionTable;
}): React.ReactElement {
  const [opened, { open, close }] = useDisclosure(false);
  const [owner, setOwner] = useState<ServiceAccountSummary | null>(null);
  return (
    <section aria-label="Service accounts">
      <div className={classes.head}>
        <div>
          <h2>Service accounts</h2>
          <p>For programs: pipelines, models, dashboards. Their tokens outlive whoever made them.</p>
        </div>
        <Button variant="default" onClick={open}>
          New service account
        </Button>
      </div>
      <DataTable
        caption="Service accounts"
        rows={accounts}
        rowKey={(account) => account.id}
        empty={
          <EmptyState title="No service accounts yet">
            <p>A scheduled job or a model server is safer with an account of its own than with a person's token.</p>
          </EmptyState>
        }
        columns={[
          {
            key: "name",
            header: "Name",
            render: (account) => (
              <>
                <span className={person.name}>
                  <span className="mono">{account.name}</span>
                  {account.disabled && <span className={person.mark}>disabled</span>}
                </span>
                <span className={person.email}>{account.description}</span>
              </>
            ),
          },
          { key: "role", header: "Role", render: (account) => <AccountRole account={account} /> },
          {
            key: "sensitive",
            header: "Sensitive reader",
            wide: true,
            render: (account) => (account.sensitive ? "yes" : "no"),
          },
          { key: "tokens", header: "Tokens", align: "right", render: (account) => formatCount(account.tokens) },
          { key: "at", header: "Made", wide: true, render: (account) => <RelativeTime at={account.createdAt} /> },
          {
            key: "do",
            header: <span className="visually-hidden">Actions</span>,
            align: "right",
            render: (account) => <Buttons account={account} onToken={() => setOwner(account)} />,
          },
        ]}
      />
      <ServiceAccountDialog opened={opened} onClose={close} />
      {owner && (
        <TokenDialog
          opened
          onClose={() => setOwner(null)}
          owner={owner.name}
          serviceAccountId={owner.id}
          choices={scopeChoices(permissions.scopes, permissions.items, owner)}
          create={addToken}
        />
      )}
    </section>
  );
}
