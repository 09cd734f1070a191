"use client";

import { Kbd, Loader, Modal, useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { SearchHit } from "@/lib/registry/schema";
import { Sparkline } from "../charts/sparkline";
import { fetchJson } from "../ui/fetch-json";
import { navigationFor } from "../ui/navigation";
import classes from "./command-palette.module.css";
import { describeGlance } from "./glance-words";
import { featureHref } from "./links";
import { useShortcuts } from "./use-shortcuts";

/** What asking for a computation answers: the run, or why there is none. */
export type RefreshAnswer = { ok: true; data: { run: { id: string } } } | { ok: false; error: { detail: string } };

const SHORTCUTS: [string[], string][] = [
  [["Ctrl", "K"], "Search features, pages and actions (⌘ K on a Mac)"],
  [["/"], "Focus the search of this page, or open the palette"],
  [["↑", "↓"], "Move between rows of a table or results"],
  [["Enter"], "Open"],
  [["?"], "This list"],
  [["Esc"], "Close"],
];

const LIST = "palette-results";
/** The list scrolls without anything focusable inside, so it must be reachable itself. */
const SCROLLS = { viewportProps: { tabIndex: 0, role: "group", "aria-label": "Results" } };
const NAMED = { content: { "aria-label": "Search features, pages and actions" } };

/** Marks the first result again when results arrive after the typing, as Spotlight itself does only while one types. */
function useFirstSelected(hits: SearchHit[]): void {
  const first = hits[0]?.feature.id;
  useEffect(() => {
    if (!first) return;
    const list = document.getElementById(LIST);
    for (const marked of list?.querySelectorAll("[data-selected]") ?? []) marked.removeAttribute("data-selected");
    list?.querySelector("[data-action]")?.setAttribute("data-selected", "true");
  }, [first]);
}

function useFeatureSearch(query: string): { hits: SearchHit[]; pending: boolean; error: Error | null } {
  const [q] = useDebouncedValue(query.trim(), 150);
  const search = useQuery({
    queryKey: ["search", q],
    queryFn: ({ signal }) =>
      fetchJson<{ items: SearchHit[] }>(`/api/v1/search?limit=8&q=${encodeURIComponent(q)}`, { signal }),
    enabled: q.length > 0,
    placeholderData: keepPreviousData,
  });
  return {
    hits: q ? (search.data?.items ?? []) : [],
    pending: search.isFetching || q !== query.trim(),
    error: search.error,
  };
}

/** Ctrl/Cmd-K: search features, go to pages, act; also holds `/` and `?` for every page. */
export function CommandPalette({
  permissions,
  refresh,
}: {
  permissions: readonly string[];
  refresh: () => Promise<RefreshAnswer>;
}): React.ReactElement {
  const router = useRouter();
  const { setColorScheme } = useMantineColorScheme();
  const [query, setQuery] = useState("");
  const [helpOpened, help] = useDisclosure(false);
  const { hits, pending, error } = useFeatureSearch(query);
  useFirstSelected(hits);
  useShortcuts({ onSearch: spotlight.open, onHelp: help.open });

  async function recompute(): Promise<void> {
    const answer = await refresh();
    if (answer.ok) router.push(`/runs/${answer.data.run.id}`);
    else notifications.show({ title: "Nothing was started", message: answer.error.detail, color: "red" });
  }

  const actions = [
    {
      label: "Refresh all features",
      about: "Reads changed sources and recomputes what depends on them",
      needs: "run.start",
      act: () => void recompute(),
    },
    { label: "Use light colours", about: "Theme", act: () => setColorScheme("light") },
    { label: "Use dark colours", about: "Theme", act: () => setColorScheme("dark") },
    { label: "Use the system's colours", about: "Theme", act: () => setColorScheme("auto") },
    { label: "Keyboard shortcuts", about: "What the keys do", act: help.open },
  ];
  const matches = (text: string): boolean => text.toLowerCase().includes(query.trim().toLowerCase());
  const pages = navigationFor(permissions)
    .flatMap(({ items }) => items)
    .filter((page) => matches(`${page.label} ${page.about}`));
  const acts = actions
    .filter(({ needs }) => needs === undefined || permissions.includes(needs))
    .filter((action) => matches(`${action.label} ${action.about}`));
  const nothing = hits.length + pages.length + acts.length === 0;

  return (
    <>
      <Spotlight.Root
        query={query}
        onQueryChange={setQuery}
        scrollable
        maxHeight="min(60vh, 520px)"
        size={640}
        attributes={NAMED}
        classNames={{ action: classes.action }}
      >
        <Spotlight.Search
          placeholder="Search features, or go to a page"
          aria-label="Search features, pages and actions"
          leftSection={<IconSearch size={17} aria-hidden />}
          rightSection={pending && query ? <Loader size={14} aria-label="Searching" /> : undefined}
        />
        <Spotlight.ActionsList id={LIST} {...SCROLLS}>
          {hits.length > 0 && (
            <Spotlight.ActionsGroup label="Features">
              {hits.map(({ feature }) => (
                <Spotlight.Action key={feature.id} onClick={() => router.push(featureHref(feature.reference))}>
                  <div className={classes.hit}>
                    <span className={classes.text}>
                      <span className={classes.name}>{feature.name}</span>
                      <span className={classes.about}>
                        {feature.group} · {feature.description}
                      </span>
                    </span>
                    <Sparkline
                      bars={feature.glance?.bars ?? null}
                      label={describeGlance(feature)}
                      width={72}
                      height={20}
                    />
                  </div>
                </Spotlight.Action>
              ))}
            </Spotlight.ActionsGroup>
          )}
          {pages.length > 0 && (
            <Spotlight.ActionsGroup label="Go to">
              {pages.map((page) => (
                <Spotlight.Action
                  key={page.href}
                  label={page.label}
                  description={page.about}
                  onClick={() => (page.external ? window.location.assign(page.href) : router.push(page.href))}
                />
              ))}
            </Spotlight.ActionsGroup>
          )}
          {acts.length > 0 && (
            <Spotlight.ActionsGroup label="Do">
              {acts.map((action) => (
                <Spotlight.Action
                  key={action.label}
                  label={action.label}
                  description={action.about}
                  onClick={action.act}
                />
              ))}
            </Spotlight.ActionsGroup>
          )}
          {nothing && (
            <Spotlight.Empty>
              {error ? `The search failed: ${error.message}` : pending ? "Searching…" : `Nothing matches “${query}”.`}
            </Spotlight.Empty>
          )}
        </Spotlight.ActionsList>
      </Spotlight.Root>
      <Modal
        opened={helpOpened}
        onClose={help.close}
        title="Keyboard shortcuts"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <dl className={classes.shortcuts}>
          {SHORTCUTS.map(([keys, does]) => (
            <div key={does}>
              <dt>
                {keys.map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </Modal>
    </>
  );
}
