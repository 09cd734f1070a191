"use client";

import { Select } from "@mantine/core";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { withParams } from "../ui/search-params";
import classes from "./snapshots.module.css";

/** As of when rows are shown: now, a snapshot, or a commit. The choice is in the address. */
export function MomentPicker({
  current,
  snapshots,
  commits,
}: {
  /** `commit:3`, `snapshot:name`, or null for now. */
  current: string | null;
  snapshots: { name: string; commit: number }[];
  commits: { sequence: number; words: string }[];
}): React.ReactElement {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  function choose(value: string | null): void {
    const [kind, what] = value?.split(":") ?? [];
    const moment = { commit: null, snapshot: null, ...(kind && what ? { [kind]: what } : {}) };
    router.push(withParams(path, params, moment), { scroll: false });
  }
  return (
    <div className={classes.picker}>
      <Select
        label="As of"
        placeholder="Now"
        size="xs"
        w={320}
        maw="100%"
        clearable
        searchable
        clearButtonProps={{ "aria-label": "Show the rows of now" }}
        nothingFoundMessage="No such commit or snapshot"
        value={current}
        onChange={choose}
        data={[
          {
            group: "Snapshots",
            items: snapshots.map(({ name, commit }) => ({
              value: `snapshot:${name}`,
              label: `${name} (commit ${commit})`,
            })),
          },
          {
            group: "Commits",
            items: commits.map(({ sequence, words }) => ({
              value: `commit:${sequence}`,
              label: `commit ${sequence}, ${words}`,
            })),
          },
        ]}
      />
    </div>
  );
}
