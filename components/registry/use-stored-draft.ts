"use client";

import { useCallback, useEffect, useState } from "react";

type Update<D> = (update: (now: D) => D) => void;

/** A draft that survives a reload of this tab; null until the browser has been asked. */
export function useStoredDraft<D extends object>(key: string, initial: () => D): [D | null, Update<D>, () => void] {
  const [draft, setDraft] = useState<D | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once; what it begins with does not change
  useEffect(() => setDraft(readDraft<D>(key) ?? initial()), [key]);
  const update = useCallback<Update<D>>(
    (change) =>
      setDraft((now) => {
        if (now === null) return now;
        const next = change(now);
        writeDraft(key, next);
        return next;
      }),
    [key],
  );
  const forget = useCallback(() => {
    writeDraft(key, null);
    setDraft(initial());
  }, [key, initial]);
  return [draft, update, forget];
}

/** What belongs to a draft but not to this version of the product is not read. */
const FORMAT = 1;

/** A draft of this tab, or null. */
export function readDraft<D>(key: string): D | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null") as { format: number; draft: D } | null;
    return kept?.format === FORMAT ? kept.draft : null;
  } catch {
    return null;
  }
}

/** Keeps a draft in this tab, or with null forgets it. */
export function writeDraft(key: string, draft: unknown): void {
  try {
    if (draft === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify({ format: FORMAT, draft }));
  } catch {
    // Storage may be full or forbidden; the draft then lives as long as the page.
  }
}
