"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { fetchJson } from "./fetch-json";

const POLL_MS = 2_000;
const MAX_POLL_MS = 60_000;

/**
 * Renders the page anew when somebody changes the project, so that every open page says the same. What one is typing
 * stays, since only what the server rendered is exchanged. Asks nothing while the tab is hidden, seldom while it fails.
 */
export function LiveRefresh({ project, revision }: { project: string; revision: number }): null {
  const router = useRouter();
  const client = useQueryClient();
  const shown = useRef({ project, revision });
  useEffect(() => {
    shown.current = { project, revision };
  }, [project, revision]);
  useEffect(() => {
    let timer: number | undefined;
    let failures = 0;
    let asking: AbortController | null = null;
    const plan = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, Math.min(POLL_MS * 2 ** failures, MAX_POLL_MS));
    };
    async function ask(): Promise<void> {
      const control = new AbortController();
      asking = control;
      try {
        const now = await fetchJson<{ project: string; revision: number }>("/api/v1/project/revision", {
          signal: control.signal,
        });
        failures = 0;
        // In another tab another project may have been chosen; then this page stays what it is until it is left.
        if (now.project === shown.current.project && now.revision !== shown.current.revision) {
          shown.current = now;
          router.refresh();
          void client.invalidateQueries({ queryKey: ["change-requests"] });
        }
      } catch {
        if (!control.signal.aborted) failures = Math.min(failures + 1, 10);
      }
      if (!control.signal.aborted) plan();
    }
    const stop = (): void => {
      window.clearTimeout(timer);
      asking?.abort();
    };
    const turn = (): void => {
      stop();
      if (document.hidden) return;
      failures = 0;
      void ask();
    };
    turn();
    document.addEventListener("visibilitychange", turn);
    return () => {
      document.removeEventListener("visibilitychange", turn);
      stop();
    };
  }, [router, client]);
  return null;
}
