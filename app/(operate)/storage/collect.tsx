"use client";

import { Button, Checkbox, Group, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { useState } from "react";
import dialog from "@/components/ui/dialog.module.css";
import { fetchJson } from "@/components/ui/fetch-json";
import { formatBytes, formatCount } from "@/components/ui/numbers";
import { useAct } from "@/components/ui/use-act";
import type { Garbage } from "@/lib/datasets/storage-schema";
import { collectGarbage } from "./actions";

const SHOWN = 8;

/** Shows what a garbage collection would remove, then removes it. */
export function Collect(): React.ReactElement {
  const [opened, setOpened] = useState(false);
  const [includeOrphans, setIncludeOrphans] = useState(false);
  const { pending, act } = useAct();
  const router = useRouter();
  const path = usePathname();
  const plan = useQuery({
    queryKey: ["garbage", includeOrphans],
    queryFn: () => fetchJson<Garbage>(`/api/v1/storage/garbage?includeOrphans=${includeOrphans}`),
    enabled: opened,
  });
  const files = plan.data?.files ?? [];
  function remove(): void {
    act(() => collectGarbage({ includeOrphans }), {
      onDone: ({ run }) => {
        setOpened(false);
        router.replace(`${path}?run=${run.id}`, { scroll: false });
      },
    });
  }
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Collect garbage…
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="Collect garbage"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <div className={dialog.form}>
          <p className={dialog.text}>
            Removes files that nothing needs and that were left at least a day ago. Commits, snapshots and training sets
            that can be read now can be read afterwards.
          </p>
          <Checkbox
            label="Also files that nothing in the database names"
            description="After a restored backup these may be all there is of newer commits."
            checked={includeOrphans}
            onChange={(event) => setIncludeOrphans(event.currentTarget.checked)}
          />
          <div className={dialog.text} aria-live="polite">
            {plan.isPending && "Looking…"}
            {plan.error?.message}
            {plan.data && files.length === 0 && "There is nothing to remove."}
            {plan.data && files.length > 0 && (
              <>
                {formatCount(files.length)} {files.length === 1 ? "file" : "files"}, {formatBytes(plan.data.bytes)}:
                <ul>
                  {files.slice(0, SHOWN).map((file) => (
                    <li key={file.path}>
                      <span className="mono">{file.path.split("/").slice(-2).join("/")}</span> · {file.why} ·{" "}
                      {formatBytes(file.bytes)}
                    </li>
                  ))}
                  {files.length > SHOWN && <li>and {formatCount(files.length - SHOWN)} more</li>}
                </ul>
              </>
            )}
          </div>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setOpened(false)}>
              Cancel
            </Button>
            <Button color="red" loading={pending} disabled={files.length === 0} onClick={remove}>
              Remove {files.length > 0 ? formatCount(files.length) : ""} {files.length === 1 ? "file" : "files"}
            </Button>
          </Group>
        </div>
      </Modal>
    </>
  );
}
