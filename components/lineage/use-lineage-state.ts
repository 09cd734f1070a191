"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { formatLineageState, type LineageState, parseLineageState } from "./url-state";

/** The explorer's state, kept in the address; choosing a node makes a history entry, everything else replaces it. */
export function useLineageState(): [LineageState, (change: Partial<LineageState>) => void] {
  const path = usePathname();
  const params = useSearchParams();
  const state = useMemo(() => parseLineageState(params), [params]);
  const change = useCallback(
    (part: Partial<LineageState>) => {
      const now = parseLineageState(new URLSearchParams(window.location.search));
      const url = `${path}${formatLineageState({ ...now, ...part })}`;
      if (part.node !== undefined && part.node !== now.node) window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [path],
  );
  return [state, change];
}
