"use client";

import { Button, NumberInput, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import classes from "@/components/ui/dialog.module.css";
import { type AnswerError, issueAt, issueElsewhere, useAct } from "@/components/ui/use-act";
import type { ProjectSummary } from "@/lib/access/schema";
import { changeProject } from "./actions";

type Shown = Pick<ProjectSummary, "name" | "title" | "description" | "requiredApprovals">;

/** What admins can change about the project. Its name is in addresses and programs, so it stays. */
export function ProjectForm({ project }: { project: Shown }): React.ReactElement {
  const [title, setTitle] = useState(project.title);
  const [description, setDescription] = useState(project.description);
  const [approvals, setApprovals] = useState<string | number>(project.requiredApprovals);
  const [error, setError] = useState<AnswerError | null>(null);
  const { pending, act } = useAct();
  const changed =
    title !== project.title || description !== project.description || Number(approvals) !== project.requiredApprovals;
  function submit(event: FormEvent): void {
    event.preventDefault();
    setError(null);
    const requiredApprovals = approvals === "" ? Number.NaN : Number(approvals);
    act(() => changeProject({ title, description, requiredApprovals }), { done: "Saved", onError: setError });
  }
  const rest = issueElsewhere(error, ["title", "description", "requiredApprovals"]);
  return (
    <form className={classes.form} style={{ maxWidth: 640 }} onSubmit={submit} noValidate>
      <TextInput
        label="Name"
        description="Programs use it; it stays"
        classNames={{ input: "mono" }}
        readOnly
        value={project.name}
      />
      <TextInput
        label="Title"
        value={title}
        error={issueAt(error, "title")}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxRows={10}
        value={description}
        error={issueAt(error, "description")}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <NumberInput
        label="Required approvals"
        description="How many stewards, none of them the requester, must approve before a feature changes its status."
        maw={352}
        min={1}
        max={10}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        value={approvals}
        error={issueAt(error, "requiredApprovals")}
        onChange={setApprovals}
      />
      {rest && (
        <p className={classes.error} role="alert">
          {rest}
        </p>
      )}
      <div>
        <Button type="submit" size="sm" loading={pending} disabled={!changed}>
          Save
        </Button>
      </div>
    </form>
  );
}
