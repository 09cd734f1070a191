"use client";

import { Button, Drawer } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SqlQuery } from "@/lib/datasets/sql-schema";
import { fetchJson } from "../ui/fetch-json";
import { formatCount, formatSeconds } from "../ui/numbers";
import { RelativeTime } from "../ui/relative-time";
import classes from "./workbench.module.css";

/** What the history is kept under; whoever runs something says that it is out of date. */
export const HISTORY = ["sql-queries"];

type Page = { items: SqlQuery[]; nextCursor: string | null; total: number };

/** The reader's own queries; a click brings one back into the editor. */
export function QueryHistory({
  opened,
  onClose,
  onChoose,
}: {
  opened: boolean;
  onClose: () => void;
  onChoose: (sql: string) => void;
}): React.ReactElement {
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const pages = useInfiniteQuery({
    queryKey: HISTORY,
    queryFn: ({ signal, pageParam }) =>
      fetchJson<Page>(`/api/v1/sql/queries?limit=30${pageParam ? `&cursor=${pageParam}` : ""}`, { signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor,
    enabled: opened,
  });
  const forget = useMutation({
    mutationFn: () => fetchJson("/api/v1/sql/queries", { method: "DELETE" }),
    onSuccess: () => client.invalidateQueries({ queryKey: HISTORY }),
  });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      title="Your queries"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {pages.isError && <p role="alert">{pages.error.message}</p>}
      {pages.isSuccess && items.length === 0 && (
        <p className={classes.quiet}>Nothing yet. What you run is listed here, for you alone.</p>
      )}
      <ol className={classes.history}>
        {items.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              onClick={() => onChoose(item.sql)}
              aria-label={`Bring back: ${item.sql.slice(0, 200)}`}
            >
              <code>{item.sql.length > 240 ? `${item.sql.slice(0, 239)}…` : item.sql}</code>
              <span className={classes.quiet}>
                {outcomeOf(item)} · <RelativeTime at={item.startedAt} />
              </span>
            </button>
          </li>
        ))}
      </ol>
      <div className={classes.actions}>
        {pages.hasNextPage && (
          <Button variant="default" onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>
            Older ones
          </Button>
        )}
        {items.length > 0 && (
          <Button
            variant="subtle"
            color="gray"
            loading={forget.isPending}
            onBlur={() => setAsked(false)}
            onClick={() => {
              setAsked(!asked);
              if (asked) forget.mutate();
            }}
          >
            {asked ? "Press again to forget them all" : "Forget them all"}
          </Button>
        )}
      </div>
    </Drawer>
  );
}

function outcomeOf({ state, rowCount, seconds, error }: SqlQuery): string {
  if (state === "CANCELLED") return `Cancelled after ${formatSeconds(seconds)}`;
  if (state === "FAILED") return error?.code ?? "failed";
  return `${formatCount(rowCount)} ${rowCount === 1 ? "row" : "rows"} in ${formatSeconds(seconds)}`;
}
