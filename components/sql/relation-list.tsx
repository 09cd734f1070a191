"use client";

import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { SqlRelation } from "@/lib/datasets/sql-schema";
import { asName } from "./relations";
import classes from "./workbench.module.css";

/** What SQL may name, with its columns; a click writes the name where the caret is. */
export function RelationList({
  relations,
  onInsert,
}: {
  relations: SqlRelation[];
  onInsert: (text: string) => void;
}): React.ReactElement {
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const shown = relations.filter(
    ({ name, columns }) =>
      name.toLowerCase().includes(wanted) || columns.some((column) => column.name.toLowerCase().includes(wanted)),
  );
  return (
    <nav aria-label="Sources and feature groups" className={classes.relations}>
      <TextInput
        aria-label="Filter names and columns"
        placeholder="Filter names and columns"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      {shown.length === 0 && (
        <p className={classes.quiet}>
          {relations.length === 0 ? "Nothing is registered yet." : "Nothing is called that."}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={classes.relationScroll} tabIndex={0}>
        {shown.map((relation) => (
          <Relation key={relation.name} relation={relation} onInsert={onInsert} />
        ))}
      </div>
    </nav>
  );
}

function Relation({
  relation: { name, kind, columns, refused },
  onInsert,
}: {
  relation: SqlRelation;
  onInsert: (text: string) => void;
}): React.ReactElement {
  return (
    <details className={classes.relation}>
      <summary>
        <span className="mono">{name}</span>
        <span className={classes.quiet}>{kind === "source" ? "source" : "group"}</span>
      </summary>
      {refused ? (
        <p className={classes.quiet}>You may not read it. {refused}.</p>
      ) : (
        <ul className={classes.columns}>
          <li>
            <button type="button" onClick={() => onInsert(asName(name))}>
              Insert <span className="mono">{name}</span>
            </button>
          </li>
          {columns.map((column) => (
            <li key={column.name}>
              <button
                type="button"
                onClick={() => onInsert(asName(column.name))}
                aria-label={`Insert ${column.name}, ${column.type}`}
              >
                <span className="mono">{column.name}</span>
                <span className={classes.type}>{column.type}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
