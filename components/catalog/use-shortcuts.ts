"use client";

import { useEffect } from "react";

/** `/` focuses the page's own search (an input with data-search-input) or calls onSearch; `?` calls onHelp. */
export function useShortcuts({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }): void {
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      const target = event.target as HTMLElement | null;
      const typing = target?.closest("input, textarea, select, [contenteditable=true], [role=dialog]");
      if (typing || event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === "?") onHelp();
      else if (event.key === "/") {
        const own = document.querySelector<HTMLInputElement>("main input[data-search-input]");
        if (own) own.focus();
        else onSearch();
      } else return;
      event.preventDefault();
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [onSearch, onHelp]);
}
