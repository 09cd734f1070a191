"use client";

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { SQLDialect, sql as sqlLanguage } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, type Extension, Prec, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useMantineContext } from "@mantine/core";
import { useEffect, useRef } from "react";
import classes from "./sql-code.module.css";

/** What somebody outside does with the text: marks a place, writes at the caret. */
export type SqlCodeHandle = {
  focusLine(line: number, column?: number): void;
  insert(text: string): void;
  focus(): void;
};

export type SqlCodeProps = {
  value: string;
  onChange: (sql: string) => void;
  /** Ctrl or Cmd and Enter. */
  onRun: () => void;
  /** Columns by relation, for completion. */
  schema?: Record<string, string[]>;
  /** Line to mark as wrong, from 1. */
  wrongLine?: number | null;
  invalid?: boolean;
  labelledBy: string;
  describedBy?: string;
  handle?: (handle: SqlCodeHandle | null) => void;
};

// The lists that come with the language hold hundreds of words that mean nothing to DuckDB.
const DUCKDB = SQLDialect.define({
  keywords:
    "select from where group by having qualify order limit offset as on using join left right full outer inner cross asof semi anti positional natural lateral union all except intersect distinct with recursive materialized case when then else end and or not null is in like ilike similar between exists cast try_cast over partition rows range groups unbounded preceding following current row window filter within interval asc desc nulls first last values exclude replace rename columns pivot unpivot for summarize describe show sample tablesample repeatable true false any some collate escape at time zone extract",
  types:
    "bigint integer int smallint tinyint hugeint ubigint uinteger double float real decimal numeric varchar text boolean bool date timestamp timestamptz time blob json uuid list struct map",
  doubleDollarQuotedStrings: true,
  operatorChars: "+-*/<>=~!@#%^&|`?",
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--larder-accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--larder-series-2)" },
  { tag: tags.comment, color: "var(--mantine-color-dimmed)", fontStyle: "italic" },
]);

const setWrongLine = StateEffect.define<number | null>();
const WRONG = Decoration.line({ class: "cm-wrongLine" });
const wrongLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    // Once the text has changed nobody knows whether it is still wrong.
    let next = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects)
      if (effect.is(setWrongLine)) {
        const line = effect.value;
        const known = line !== null && line >= 1 && line <= transaction.state.doc.lines;
        next = known ? Decoration.set([WRONG.range(transaction.state.doc.line(line).from)]) : Decoration.none;
      }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const languageOf = (schema: Record<string, string[]>): Extension =>
  sqlLanguage({ dialect: DUCKDB, schema, upperCaseKeywords: true });

/** A text field for SQL with colours, line numbers and completion. Tab indents; Escape, then Tab leaves it. */
export function SqlCode(props: SqlCodeProps): React.ReactElement {
  const { value, schema, wrongLine: wrong = null, invalid = false, labelledBy, describedBy, handle } = props;
  const nonce = useMantineContext().getStyleNonce?.() ?? "";
  const frame = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const language = useRef(new Compartment());
  const attributes = useRef(new Compartment());

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; the effects below keep it up to date
  useEffect(() => {
    if (!frame.current) return;
    const keys = Prec.highest(
      keymap.of([
        {
          key: "Mod-Enter",
          run: () => {
            if (view.current) closeCompletion(view.current);
            latest.current.onRun();
            return true;
          },
        },
      ]),
    );
    const created = new EditorView({
      parent: frame.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(nonce),
          keys,
          lineNumbers(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false }),
          indentUnit.of("  "),
          syntaxHighlighting(COLOURS),
          wrongLine,
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
          language.current.of(languageOf(schema ?? {})),
          attributes.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = created;
    handle?.(handleOf(created));
    // Line numbers stand where the lines were before the font came.
    void document.fonts.ready.then(() => created.requestMeasure());
    return () => {
      handle?.(null);
      created.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(languageOf(schema ?? {})) });
  }, [schema]);
  useEffect(() => {
    view.current?.dispatch({ effects: setWrongLine.of(wrong) });
  }, [wrong]);
  useEffect(() => {
    const named = EditorView.contentAttributes.of({
      "aria-labelledby": labelledBy,
      "aria-multiline": "true",
      autocapitalize: "off",
      spellcheck: "false",
      ...(describedBy ? { "aria-describedby": describedBy } : {}),
      ...(invalid ? { "aria-invalid": "true" } : {}),
    });
    view.current?.dispatch({ effects: attributes.current.reconfigure(named) });
  }, [labelledBy, describedBy, invalid]);

  return <div ref={frame} className={classes.frame} data-invalid={invalid || undefined} />;
}

function handleOf(view: EditorView): SqlCodeHandle {
  return {
    focus: () => view.focus(),
    focusLine: (number, column) => {
      const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
      const at = column === undefined ? line.from : Math.min(line.to, line.from + column - 1);
      view.dispatch({ selection: { anchor: at, head: column === undefined ? line.to : at }, scrollIntoView: true });
      view.focus();
    },
    insert: (text) => {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
  };
}
