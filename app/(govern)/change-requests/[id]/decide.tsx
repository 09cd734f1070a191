"use client";

import { Button, Group, Textarea } from "@mantine/core";
import { useState } from "react";
import { Blockers } from "@/components/changes/blockers";
import { standingOf, titleOf } from "@/components/changes/words";
import classes from "@/components/ui/dialog.module.css";
import { type Answer, useAct } from "@/components/ui/use-act";
import type { ChangeRequestDetail } from "@/lib/registry/change-schema";
import { approve, reject, withdraw } from "./actions";

/** What the reader may do about a change request, or the sentence that says why they may not. */
export function Decide({
  change,
  reader,
}: {
  change: ChangeRequestDetail;
  reader: { id: string; decides: boolean };
}): React.ReactElement {
  const [comment, setComment] = useState("");
  const [missing, setMissing] = useState(false);
  const [refused, setRefused] = useState<string[]>([]);
  const [pressed, setPressed] = useState<"approve" | "reject" | "withdraw" | null>(null);
  const { pending, act } = useAct();
  const may = (action: ChangeRequestDetail["actions"][number]): boolean => change.actions.includes(action);
  const id = change.id;

  function run(
    action: "approve" | "reject" | "withdraw",
    call: () => Promise<Answer<ChangeRequestDetail>>,
    done: string,
  ): void {
    setPressed(action);
    setRefused([]);
    act(call, {
      done,
      onDone: () => setComment(""),
      onError: (error) =>
        setRefused(error.issues.length > 0 ? error.issues.map((issue) => issue.detail) : [error.detail]),
    });
  }
  function refuse(): void {
    if (!comment.trim()) {
      setMissing(true);
      return;
    }
    run("reject", () => reject({ id, comment }), `Change request #${change.number} is rejected`);
  }

  const decides = may("approve") || may("reject");
  const left = change.requiredApprovals - change.approvals;
  return (
    <div className={classes.form}>
      <p className={classes.text} style={{ margin: 0 }}>
        {standingOf(change, reader)}
      </p>
      {refused.length > 0 && <Blockers title="That was not possible" sentences={refused} />}
      {decides && (
        <Textarea
          label="Comment"
          description="Needed to reject; kept with the decision."
          autosize
          minRows={2}
          maxLength={2000}
          value={comment}
          error={missing ? "Say why, so that the requester can do something about it" : undefined}
          onChange={(event) => {
            setComment(event.currentTarget.value);
            setMissing(false);
          }}
        />
      )}
      {(decides || may("withdraw")) && (
        <Group gap="xs">
          {may("approve") && (
            <Button
              loading={pending && pressed === "approve"}
              disabled={pending || change.baseMoved || change.blockers.length > 0}
              onClick={() =>
                run(
                  "approve",
                  () => approve({ id, comment }),
                  left > 1
                    ? `Approved; ${left - 1} more to go`
                    : `${titleOf(change)}: approved, ${change.targetStatus} now`,
                )
              }
            >
              Approve
            </Button>
          )}
          {may("reject") && (
            <Button variant="default" loading={pending && pressed === "reject"} disabled={pending} onClick={refuse}>
              Reject
            </Button>
          )}
          {may("withdraw") && (
            <Button
              variant="default"
              loading={pending && pressed === "withdraw"}
              disabled={pending}
              onClick={() => run("withdraw", () => withdraw({ id }), `Change request #${change.number} is withdrawn`)}
            >
              Withdraw
            </Button>
          )}
        </Group>
      )}
    </div>
  );
}
