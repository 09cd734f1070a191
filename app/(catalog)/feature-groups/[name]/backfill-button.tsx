"use client";

import { Button, Group, Modal, Switch, TextInput } from "@mantine/core";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import dialog from "@/components/ui/dialog.module.css";
import { withParams } from "@/components/ui/search-params";
import { type AnswerError, issueAt, issueElsewhere, useAct } from "@/components/ui/use-act";
import { backfill } from "./actions";

type Range = { start: string; end: string; restate: boolean };

/** Asks for a range of intervals and starts the run that computes them, whose progress the page then shows. */
export function BackfillButton({ group, suggested }: { group: string; suggested: Range }): React.ReactElement {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [asked, setAsked] = useState<Range | null>(null);
  const [error, setError] = useState<AnswerError | null>(null);
  const { pending, act } = useAct();
  const range = asked ?? suggested;
  const put = (part: Partial<Range>): void => {
    setError(null);
    setAsked({ ...range, ...part });
  };
  const close = (): void => {
    setAsked(null);
    setError(null);
  };
  const field = (name: "start" | "end", label: string, description: string): React.ReactElement => (
    <TextInput
      label={label}
      description={description}
      spellCheck={false}
      autoComplete="off"
      value={range[name]}
      error={issueAt(error, name)}
      onChange={(event) => put({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <>
      <Button variant="default" onClick={() => setAsked(suggested)}>
        Backfill
      </Button>
      <Modal
        opened={asked !== null}
        onClose={close}
        title={`Backfill ${group}`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <form
          className={dialog.form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            act(() => backfill({ name: group, ...range }), {
              onError: setError,
              onDone: ({ run }) => {
                close();
                router.replace(withParams(path, params, { run: run.id }), { scroll: false });
              },
            });
          }}
        >
          {field("start", "From", "Where the first interval begins, in UTC")}
          {field("end", "To", "Where the last interval ends, in UTC")}
          <Switch
            label="Compute again what is there"
            description="Else only what is missing is computed. Each interval is replaced as a whole, one after the other."
            checked={range.restate}
            onChange={(event) => put({ restate: event.currentTarget.checked })}
          />
          {issueElsewhere(error, ["start", "end"]) && (
            <p className={dialog.error} role="alert">
              {issueElsewhere(error, ["start", "end"])}
            </p>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={pending}>
              {range.restate ? "Compute again" : "Compute what is missing"}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
