"use client";

import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import classes from "@/components/ui/dialog.module.css";
import { PasswordField } from "@/components/ui/password-field";
import { postJson } from "@/components/ui/post-json";
import { type AnswerError, issueAt, issueElsewhere } from "@/components/ui/use-act";

/** Says at which field a password was refused. */
function atField(error: AnswerError): AnswerError {
  if (error.issues.length > 0) return error;
  if (error.code === "weak_password") return { ...error, issues: [{ pointer: "/next", detail: error.detail }] };
  if (error.code === "unauthenticated") return { ...error, issues: [{ pointer: "/current", detail: error.detail }] };
  return error;
}

/** Changes one's password; every other session ends with it. */
export function PasswordForm({ email }: { email: string | null }): React.ReactElement {
  const router = useRouter();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [error, setError] = useState<AnswerError | null>(null);
  const [pending, setPending] = useState(false);
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const issues = [
      ...(current === "" ? [{ pointer: "/current", detail: "Type the password you have now" }] : []),
      ...(next === "" ? [{ pointer: "/next", detail: "Choose a new password" }] : []),
    ];
    if (issues.length > 0) return setError({ code: "validation_failed", detail: "", issues });
    setPending(true);
    // To the API and not through an action: its answer sets the cookie of the new session.
    const answer = await postJson("/api/v1/me/password", { current, next });
    setPending(false);
    if (!answer.ok) return setError(atField(answer.error));
    setCurrent("");
    setNext("");
    notifications.show({ message: "The password is changed; you are signed out everywhere else" });
    router.refresh();
  }
  const rest = issueElsewhere(error, ["current", "next"]);
  return (
    <form className={classes.form} style={{ maxWidth: 416 }} onSubmit={submit} noValidate>
      <input type="email" name="email" autoComplete="username" value={email ?? ""} readOnly hidden />
      <PasswordField
        label="Present password"
        autoComplete="current-password"
        value={current}
        error={issueAt(error, "current")}
        onChange={(event) => {
          setCurrent(event.currentTarget.value);
          setError(null);
        }}
      />
      <PasswordField
        label="New password"
        description="At least 10 characters; several words are easy to keep in mind"
        autoComplete="new-password"
        value={next}
        error={issueAt(error, "next")}
        onChange={(event) => {
          setNext(event.currentTarget.value);
          setError(null);
        }}
      />
      {rest && (
        <p className={classes.error} role="alert">
          {rest}
        </p>
      )}
      <div>
        <Button type="submit" size="sm" loading={pending}>
          Change password
        </Button>
      </div>
    </form>
  );
}
