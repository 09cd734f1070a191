"use client";

import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { FactList } from "@/components/catalog/section";
import { formatCount } from "@/components/ui/numbers";
import { useAct } from "@/components/ui/use-act";
import type { AuditVerification } from "@/lib/access/schema";
import { verify } from "./actions";
import classes from "./audit.module.css";

function Verdict({ found }: { found: AuditVerification }): React.ReactElement {
  return (
    <>
      <p className={found.intact ? classes.intact : classes.broken} role="status">
        {found.intact
          ? `Intact: ${formatCount(found.checked)} entries follow one from another.`
          : `Broken at entry ${found.broken?.sequence ?? "?"}: ${found.broken?.reason ?? "it does not fit"}.`}
      </p>
      <FactList
        facts={[
          { name: "Checked", value: `${formatCount(found.checked)} entries` },
          ...(found.unchained > 0
            ? [{ name: "Before the chain", value: `${formatCount(found.unchained)} entries, which nothing protects` }]
            : []),
          { name: "Head", value: `entry ${found.head.sequence}` },
          { name: "Its hash", value: <span className="mono">{found.head.hash}</span> },
        ]}
      />
      <p className={classes.none}>
        {found.intact
          ? "Keep the head's hash elsewhere: with it anybody can tell later that no entry was removed from the end."
          : "Somebody has written to the database by another way than this server. Keep a copy of it before anything else."}
      </p>
    </>
  );
}

/** Reads the whole log and says whether it is as it was written. */
export function VerifyButton(): React.ReactElement {
  const [opened, { open, close }] = useDisclosure(false);
  const [found, setFound] = useState<AuditVerification | null>(null);
  const { pending, act } = useAct();
  return (
    <>
      <Button
        loading={pending}
        onClick={() =>
          act(() => verify({}), {
            onDone: (data) => {
              setFound(data);
              open();
            },
          })
        }
      >
        Verify
      </Button>
      <Modal opened={opened} onClose={close} title="The audit log" closeButtonProps={{ "aria-label": "Close" }}>
        {found && <Verdict found={found} />}
      </Modal>
    </>
  );
}
