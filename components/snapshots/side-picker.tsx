"use client";

import { Select } from "@mantine/core";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { withParams } from "../ui/search-params";
import { formatSide, type Side } from "./side";
import classes from "./snapshots.module.css";

/** A commit that can be chosen. */
export type CommitChoice = { sequence: number; words: string };

/** One side of a comparison: a snapshot, or a group now or at a commit. The choice is in the address. */
export function SidePicker({
  param,
  title,
  side,
  snapshots,
  groups,
  commits,
}: {
  param: "from" | "to";
  title: string;
  side: Side | null;
  snapshots: string[];
  groups: string[];
  /** Of the chosen group. */
  commits: CommitChoice[];
}): React.ReactElement {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const show = (chosen: Side | null): void =>
    router.replace(withParams(path, params, { [param]: chosen && formatSide(chosen), group: null }), { scroll: false });
  const group = side?.kind === "group" ? side : null;
  const what = side?.kind === "snapshot" ? `snapshot:${side.snapshot}` : group ? `group:${group.group}` : null;
  const listed = (items: string[], chosen: string | undefined): string[] =>
    chosen && !items.includes(chosen) ? [...items, chosen] : items;
  return (
    <fieldset className={classes.side}>
      <legend>{title}</legend>
      <div className={classes.fields}>
        <Select
          label="Snapshot or feature group"
          placeholder="Choose"
          size="xs"
          searchable
          value={what}
          onChange={(value) => {
            const [kind, name] = value?.split(":") ?? [];
            if (!name) show(null);
            else if (kind === "snapshot") show({ kind: "snapshot", snapshot: name });
            else show({ kind: "group", group: name, version: null, commit: null });
          }}
          data={[
            {
              group: "Snapshots",
              items: listed(snapshots, side?.kind === "snapshot" ? side.snapshot : undefined).map((name) => ({
                value: `snapshot:${name}`,
                label: name,
              })),
            },
            {
              group: "Feature groups",
              items: listed(groups, group?.group).map((name) => ({ value: `group:${name}`, label: name })),
            },
          ]}
        />
        {group && (
          <Select
            label={group.version ? `Commit of version ${group.version}` : "Commit"}
            placeholder="Now"
            size="xs"
            searchable
            clearable
            clearButtonProps={{ "aria-label": `Take ${group.group} as it is now` }}
            value={group.commit === null ? null : String(group.commit)}
            onChange={(value) => show({ ...group, commit: value === null ? null : Number(value) })}
            data={commits.map(({ sequence, words }) => ({
              value: String(sequence),
              label: `commit ${sequence}, ${words}`,
            }))}
          />
        )}
      </div>
    </fieldset>
  );
}
