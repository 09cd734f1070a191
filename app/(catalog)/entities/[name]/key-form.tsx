"use client";

import { Autocomplete, Button } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import type { JoinKey } from "@/lib/registry/definition-schema";
import { joinKeyParts, readableKey, splitKeyText } from "./key-text";
import classes from "./look-up.module.css";

/** Asks for one key, one field per join key; the answer is the page at `?key=`. */
export function KeyForm({
  joinKeys,
  current,
  examples,
  problem,
}: {
  joinKeys: JoinKey[];
  current: string | null;
  examples: string[];
  problem: string | null;
}): React.ReactElement {
  const router = useRouter();
  const path = usePathname();
  const [pending, start] = useTransition();
  const [parts, setParts] = useState(() => splitKeyText(current ?? "", joinKeys.length));
  const [missing, setMissing] = useState(false);
  const hrefOf = (key: string): string => `${path}?${new URLSearchParams({ key })}`;

  function ask(values: readonly string[]): void {
    const trimmed = values.map((part) => part.trim());
    setMissing(trimmed.some((part) => part === ""));
    if (trimmed.some((part) => part === "")) return;
    start(() => {
      const href = hrefOf(joinKeyParts(trimmed));
      if (joinKeyParts(trimmed) === current) router.refresh();
      else router.push(href);
    });
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    ask(parts);
  }

  return (
    <div className={classes.form}>
      <form className={classes.fields} onSubmit={submit} aria-label="Look up a key">
        {joinKeys.map((key, index) => {
          const value = parts[index] ?? "";
          const known = [...new Set(examples.map((example) => splitKeyText(example, joinKeys.length)[index] ?? ""))];
          const put = (text: string): string[] => parts.map((part, at) => (at === index ? text : part));
          return (
            <Autocomplete
              key={key.name}
              name={key.name}
              label={
                <>
                  <span className="mono">{key.name}</span> <span className={classes.type}>{key.type}</span>
                </>
              }
              placeholder={known[0] ? `for example ${known[0]}` : undefined}
              data={known.filter((text) => text !== "")}
              value={value}
              error={missing && value.trim() === "" ? `Type a ${key.name}` : index === 0 && problem !== null}
              onChange={(text) => setParts(put(text))}
              onOptionSubmit={(text) => joinKeys.length === 1 && ask([text])}
              autoComplete="off"
              data-search-input={index === 0 ? true : undefined}
              spellCheck={false}
              className={classes.field}
            />
          );
        })}
        <Button
          type="submit"
          size="sm"
          loading={pending}
          leftSection={<IconSearch size={15} aria-hidden />}
          className={classes.submit}
        >
          Look up
        </Button>
      </form>
      {problem !== null && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {examples.length > 0 && (
        <p className={classes.examples}>
          <span>Keys that exist:</span>
          {examples.map((example) => (
            <Link
              key={example}
              href={hrefOf(example)}
              className={classes.example}
              prefetch={false}
              onClick={() => {
                setParts(splitKeyText(example, joinKeys.length));
                setMissing(false);
              }}
            >
              {readableKey(example, joinKeys.length)}
            </Link>
          ))}
        </p>
      )}
    </div>
  );
}
