"use client";

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { PasswordField } from "@/components/ui/password-field";
import { postJson } from "@/components/ui/post-json";
import classes from "./auth.module.css";

/** Email and password; goes on to where one wanted to go. */
export function SignInForm({ next }: { next: string }): React.ReactElement {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [pending, setPending] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setTried(true);
    setError(null);
    if (email.trim() === "" || password === "") return;
    setPending(true);
    const answer = await postJson("/api/v1/auth/sign-in", { email: email.trim(), password });
    // A whole new page: nothing of what was read before one signed in stays.
    if (answer.ok) return window.location.assign(next);
    setPending(false);
    setError(answer.error.detail);
  }

  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username"
        autoFocus
        value={email}
        error={tried && email.trim() === "" ? "Type your e-mail address" : undefined}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        value={password}
        error={tried && password === "" ? "Type your password" : undefined}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      <Button type="submit" size="sm" loading={pending}>
        Sign in
      </Button>
    </form>
  );
}
