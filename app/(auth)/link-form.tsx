"use client";

import { Button, Loader } from "@mantine/core";
import { useEffect, useState } from "react";
import { LinkButton } from "@/components/ui/link-button";
import { postJson } from "@/components/ui/post-json";
import type { AnswerError } from "@/components/ui/use-act";
import type { LinkInfo } from "@/lib/access/schema";
import classes from "./auth.module.css";
import { AuthCard } from "./auth-card";
import { LinkFields } from "./link-fields";
import { linkWords } from "./link-words";

type Found = { at: "loading" } | { at: "gone"; error: AnswerError | null } | { at: "open"; info: LinkInfo };

/** Survives React's second mount in development: the address is cleared at the first. */
let held: string | null = null;

function takeSecret(): string | null {
  const given = window.location.hash.slice(1);
  if (given) {
    held = given;
    // Out of the address, so that neither the history nor a shared screen keeps it.
    window.history.replaceState(window.history.state, "", window.location.pathname);
  }
  return held;
}

/** What stands behind a link that works once: asks what it is for, then for what it needs, and goes in. */
export function LinkForm({ kind }: { kind: LinkInfo["kind"] }): React.ReactElement {
  const [secret, setSecret] = useState<string | null>(null);
  const [found, setFound] = useState<Found>({ at: "loading" });
  useEffect(() => {
    // Another link to the same page, put into the address bar, loads nothing by itself.
    const again = (): void => window.location.reload();
    window.addEventListener("hashchange", again);
    return () => window.removeEventListener("hashchange", again);
  }, []);
  useEffect(() => {
    const token = takeSecret();
    if (token === null) return setFound({ at: "gone", error: null });
    setSecret(token);
    let current = true;
    void postJson<LinkInfo>("/api/v1/auth/links/read", { token }).then((answer) => {
      if (!current) return;
      if (!answer.ok) return setFound({ at: "gone", error: answer.error });
      if (answer.data.kind !== kind) return setFound({ at: "gone", error: null });
      setFound({ at: "open", info: answer.data });
    });
    return () => {
      current = false;
    };
  }, [kind]);
  const words = linkWords(kind, found.at === "open" ? found.info : null);

  if (found.at === "loading")
    return (
      <AuthCard title={words.title} lead="Looking at the link…">
        <Loader size="sm" aria-label="Loading" />
      </AuthCard>
    );
  if (found.at === "gone" || secret === null) {
    const error = found.at === "gone" ? found.error : null;
    const spent = error === null || error.code === "link_not_valid" || error.code === "validation_failed";
    return (
      <AuthCard title={spent ? "This link does not work any more" : "The link could not be read"}>
        <p className={classes.lead}>{spent ? words.gone : error.detail}</p>
        <div className={classes.actions} style={{ marginTop: 20 }}>
          {!spent && <Button onClick={() => window.location.reload()}>Try again</Button>}
          <LinkButton href="/sign-in" variant={spent ? "filled" : "default"}>
            Sign in
          </LinkButton>
        </div>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={words.title} lead={words.lead}>
      <LinkFields secret={secret} info={found.info} submit={words.submit} />
    </AuthCard>
  );
}
