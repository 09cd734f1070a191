"use client";

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { PasswordField } from "@/components/ui/password-field";
import { postJson } from "@/components/ui/post-json";
import { type AnswerError, issueAt, issueElsewhere } from "@/components/ui/use-act";
import type { LinkInfo } from "@/lib/access/schema";
import classes from "./auth.module.css";

type Values = { name: string; email: string; password: string };

/** What the link still needs: nothing of somebody who is signed in, a password of a reset, else an account. */
function neededBy(info: LinkInfo): (keyof Values)[] {
  if (info.kind === "reset") return ["password"];
  if (info.kind === "join" && info.signedInAs !== null) return [];
  return ["name", "email", "password"];
}

function missing(values: Values, needed: readonly (keyof Values)[]): AnswerError | null {
  const words = { name: "Type your name", email: "Type your e-mail address", password: "Choose a password" };
  const issues = needed
    .filter((field) => values[field].trim() === "")
    .map((field) => ({ pointer: `/${field}`, detail: words[field] }));
  return issues.length > 0 ? { code: "validation_failed", detail: "", issues } : null;
}

/** Errors of a password come without a field; they belong to it all the same. */
function atField(error: AnswerError): AnswerError {
  const pointer = error.code === "weak_password" ? "/password" : error.code === "already_exists" ? "/email" : null;
  return pointer && error.issues.length === 0 ? { ...error, issues: [{ pointer, detail: error.detail }] } : error;
}

/** The form behind a link, and its sending. */
export function LinkFields({
  secret,
  info,
  submit,
}: {
  secret: string;
  info: LinkInfo;
  submit: string;
}): React.ReactElement {
  const [values, setValues] = useState<Values>({ name: "", email: info.email ?? "", password: "" });
  const [error, setError] = useState<AnswerError | null>(null);
  const [pending, setPending] = useState(false);
  const needed = neededBy(info);
  const rest = issueElsewhere(error, needed);
  const change = (part: Partial<Values>): void => {
    setValues((now) => ({ ...now, ...part }));
    setError(null);
  };

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    const absent = missing(values, needed);
    if (absent) return setError(absent);
    setPending(true);
    const fields = Object.fromEntries(needed.map((field) => [field, values[field]]));
    const answer = await postJson("/api/v1/auth/links/accept", { token: secret, ...fields });
    if (answer.ok) return window.location.assign("/");
    setPending(false);
    setError(atField(answer.error));
  }

  return (
    <form className={classes.form} onSubmit={send} noValidate>
      {needed.length === 0 && <p style={{ margin: 0 }}>You are signed in as {info.signedInAs}.</p>}
      {needed.includes("name") && (
        <TextInput
          label="Name"
          description="As others see it"
          name="name"
          autoComplete="name"
          data-autofocus
          value={values.name}
          error={issueAt(error, "name")}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
      )}
      {needed.includes("email") && (
        <TextInput
          label="E-mail"
          description={info.email ? "Fixed by the invitation" : "You sign in with it"}
          type="email"
          name="email"
          autoComplete="username"
          readOnly={info.email !== null}
          value={values.email}
          error={issueAt(error, "email")}
          onChange={(event) => change({ email: event.currentTarget.value })}
        />
      )}
      {info.kind === "reset" && info.email && (
        // For password managers: whose password this is.
        <input type="email" name="email" autoComplete="username" value={info.email} readOnly hidden />
      )}
      {needed.includes("password") && (
        <PasswordField
          label="Password"
          description="At least 10 characters; several words are easy to keep in mind"
          name="password"
          autoComplete="new-password"
          value={values.password}
          error={issueAt(error, "password")}
          onChange={(event) => change({ password: event.currentTarget.value })}
        />
      )}
      {rest && (
        <p className={classes.error} role="alert">
          {rest}
        </p>
      )}
      <Button type="submit" size="sm" loading={pending}>
        {submit}
      </Button>
    </form>
  );
}
