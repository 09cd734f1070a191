"use client";

import { Button, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { rememberChoice } from "@/components/ui/browser-cookie";
import classes from "@/components/ui/dialog.module.css";
import { type AnswerError, issueAt, issueElsewhere, useAct } from "@/components/ui/use-act";
import { addProject } from "./actions";

/** A name that is taken belongs to the name's field. */
function atField(error: AnswerError): AnswerError {
  if (error.code !== "already_exists") return error;
  return { ...error, issues: [{ pointer: "/name", detail: error.detail }] };
}

/** Asks what a new project is called, makes it, and goes there. */
export function ProjectForm(): React.ReactElement {
  const [name, setName] = useState("");
  const [title, setTitle] = useState("");
  const [description, setDescription] = useState("");
  const [error, setError] = useState<AnswerError | null>(null);
  const { pending, act } = useAct();
  function submit(event: FormEvent): void {
    event.preventDefault();
    setError(null);
    act(() => addProject({ name, title, description }), {
      onDone: (made) => {
        rememberChoice("larder_project", made.name);
        window.location.assign("/");
      },
      onError: (failed) => setError(atField(failed)),
    });
  }
  const rest = issueElsewhere(error, ["name", "title", "description"]);
  return (
    <form className={classes.form} style={{ maxWidth: 560 }} onSubmit={submit} noValidate>
      <TextInput
        label="Name"
        description="a-z, 0-9 and _; programs use it, so it stays"
        autoComplete="off"
        spellCheck={false}
        value={name}
        error={issueAt(error, "name")}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Title"
        description="As people read it"
        autoComplete="off"
        value={title}
        error={issueAt(error, "title")}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Textarea
        label="Description"
        description="Optional"
        autosize
        minRows={2}
        value={description}
        error={issueAt(error, "description")}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {rest && (
        <p className={classes.error} role="alert">
          {rest}
        </p>
      )}
      <div>
        <Button type="submit" size="sm" loading={pending}>
          Create project
        </Button>
      </div>
    </form>
  );
}
