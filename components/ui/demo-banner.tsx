"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import type { Me } from "@/lib/access/schema";
import { rememberChoice } from "./browser-cookie";
import classes from "./demo-banner.module.css";
import { ROLE_WORDS } from "./role-words";

const PERSONAS = ["admin", "steward", "engineer", "scientist", "viewer"] as const;
type Persona = (typeof PERSONAS)[number];

/** Says on every page that this is a demonstration and as whom; changes to another of its people. */
export function DemoBanner({ persona }: { persona: NonNullable<Me["demo"]> }): React.ReactElement {
  const router = useRouter();
  const queries = useQueryClient();
  const [pending, start] = useTransition();
  function become(next: Persona): void {
    rememberChoice("larder_demo", next);
    // What was read as somebody else is nobody's business now.
    queries.clear();
    start(() => router.refresh());
  }
  return (
    <section className={classes.banner} aria-label="Demonstration" aria-busy={pending}>
      <span>
        <span className={classes.wide}>Demonstration: you are signed in as</span>
        <span className={classes.narrow}>Demo, signed in as</span>
      </span>
      <select
        className={classes.select}
        aria-label="Signed in as"
        value={persona}
        onChange={(event) => become(event.currentTarget.value as Persona)}
      >
        {PERSONAS.map((name) => (
          <option key={name} value={name}>
            Demo {name}
          </option>
        ))}
      </select>
      <span className={classes.about} role="status">
        who {ROLE_WORDS[persona]}
      </span>
    </section>
  );
}
