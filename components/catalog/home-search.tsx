"use client";

import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import classes from "./home.module.css";

/** The first thing on the first page: a search that opens the feature list; works without scripts too. */
export function HomeSearch(): React.ReactElement {
  const router = useRouter();
  const [text, setText] = useState("");
  function search(event: FormEvent): void {
    event.preventDefault();
    router.push(text.trim() ? `/features?q=${encodeURIComponent(text.trim())}` : "/features");
  }
  return (
    <search>
      <form action="/features" onSubmit={search} className={classes.search}>
        <TextInput
          type="search"
          name="q"
          size="md"
          data-search-input
          aria-label="Search features"
          placeholder="Search features by name, description, tag or owner"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          leftSection={<IconSearch size={18} aria-hidden />}
        />
        <Button type="submit" size="md">
          Search
        </Button>
      </form>
    </search>
  );
}
