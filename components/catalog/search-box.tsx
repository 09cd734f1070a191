"use client";

import { Kbd, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { withParams } from "../ui/search-params";

/** The search of the feature list: as typed, into the URL. */
export function SearchBox({ placeholder }: { placeholder: string }): React.ReactElement {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const inUrl = params.get("q") ?? "";
  const [text, setText] = useState(inUrl);
  const sent = useRef(inUrl);
  const go = useDebouncedCallback((value: string) => {
    sent.current = value;
    router.replace(withParams(path, params, { q: value.trim() || null, cursor: null }), { scroll: false });
  }, 250);
  useEffect(() => {
    // Back, forward and cleared filters change the URL from outside; what is being typed is left alone.
    if (inUrl !== sent.current.trim()) {
      sent.current = inUrl;
      setText(inUrl);
    }
  }, [inUrl]);
  return (
    <TextInput
      type="search"
      data-search-input
      aria-label={placeholder}
      placeholder={placeholder}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        go(event.currentTarget.value);
      }}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={<Kbd size="xs">/</Kbd>}
    />
  );
}
