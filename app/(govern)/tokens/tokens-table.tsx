"use client";

import type { ReactNode } from "react";
import { DataTable, type DataTableColumn } from "@/components/ui/data-table";
import { RelativeTime } from "@/components/ui/relative-time";
import { useNow } from "@/components/ui/use-now";
import type { TokenSummary } from "@/lib/access/schema";
import { endsSoon } from "./expiry";
import { TokenActions } from "./token-actions";
import classes from "./tokens.module.css";

const STATES = {
  active: { sign: "●", word: "Active", tone: "ok" },
  expired: { sign: "■", word: "Expired", tone: "idle" },
  revoked: { sign: "■", word: "Revoked", tone: "idle" },
} as const;

function State({ token }: { token: TokenSummary }): React.ReactElement {
  const { sign, word, tone } = STATES[token.state];
  return (
    <span className={classes.state} style={{ color: `var(--larder-${tone})` }}>
      <span aria-hidden>{sign}</span> {word}
    </span>
  );
}

function Expiry({ token }: { token: TokenSummary }): React.ReactElement {
  const now = useNow();
  if (token.expiresAt === null) return <span>never</span>;
  const soon = now !== null && token.state === "active" && endsSoon(token.expiresAt, now) !== null;
  return (
    <span className={soon ? classes.soon : undefined}>
      <RelativeTime at={token.expiresAt} />
      {soon && <span className={classes.rotate}>rotate it before</span>}
    </span>
  );
}

const NAME: DataTableColumn<TokenSummary> = {
  key: "name",
  header: "Token",
  render: (token) => (
    <>
      <span className={classes.name}>{token.name}</span>
      <span className={classes.hint}>{token.hint}</span>
    </>
  ),
};

const OWNER: DataTableColumn<TokenSummary> = {
  key: "owner",
  header: "Owner",
  render: ({ owner }) => (
    <>
      {owner.name}
      {owner.kind === "service" && <span className={classes.hint}>service account</span>}
    </>
  ),
};

const REST: DataTableColumn<TokenSummary>[] = [
  {
    key: "scopes",
    header: "Scopes",
    render: (token) => (
      <span className={classes.scopes}>
        {token.scopes.map((scope) => (
          <span key={scope}>{scope}</span>
        ))}
      </span>
    ),
  },
  { key: "state", header: "State", render: (token) => <State token={token} /> },
  { key: "expires", header: "Expires", render: (token) => <Expiry token={token} /> },
  {
    key: "used",
    header: "Last used",
    wide: true,
    render: (token) =>
      token.lastUsedAt ? (
        <>
          <RelativeTime at={token.lastUsedAt} />
          {token.lastUsedIp && <span className={classes.hint}>{token.lastUsedIp}</span>}
        </>
      ) : (
        "never"
      ),
  },
  { key: "created", header: "Created", wide: true, render: (token) => <RelativeTime at={token.createdAt} /> },
  {
    key: "do",
    header: <span className="visually-hidden">Actions</span>,
    align: "right",
    render: (token) => (token.state === "active" ? <TokenActions token={token} /> : null),
  },
];

/** Tokens with what they may do, until when, and when they were used last. */
export function TokensTable({
  tokens,
  all,
  empty,
}: {
  tokens: TokenSummary[];
  all: boolean;
  empty: ReactNode;
}): React.ReactElement {
  return (
    <DataTable
      caption="API tokens"
      rows={tokens}
      rowKey={(token) => token.id}
      empty={empty}
      columns={all ? [NAME, OWNER, ...REST] : [NAME, ...REST]}
    />
  );
}
