import type { Value } from "@/lib/kernel/values";
import { type Columns, compile } from "./compile";
import { mistake } from "./mistake";
import { parseExpression } from "./parse";
import { NULL_TYPE, readerOf, written } from "./scalars";
import { type Node, partsOf } from "./syntax";

/** A checked expression. `evaluate` takes values in the order of `inputs`, never throws, and gives one of `type` or null. */
export type Expression = {
  text: string;
  /** The text of a data type. */
  type: string;
  /** The columns that it reads. */
  inputs: readonly string[];
  evaluate(values: readonly Value[]): Value;
};

/**
 * Compiles an expression over columns, by name with the texts of their types. Throws `invalid_expression` with line and
 * column, what was expected there, and what may have been meant.
 */
export function compileExpression(text: string, columns: Columns): Expression {
  const inputs: string[] = [];
  const node = parseExpression(text);
  const { type, run } = compile(node, {
    columns,
    take: (name) => (inputs.includes(name) ? inputs.indexOf(name) : inputs.push(name) - 1),
    complain: (at, detail) => {
      throw mistake(text, at, detail);
    },
  });
  if (type === NULL_TYPE) throw mistake(text, node.at, "The expression is always null; cast it to a type");
  const readers = inputs.map((name) => readerOf(columns.get(name) ?? ""));
  return {
    text,
    type,
    inputs,
    evaluate: (values) => written(run(readers.map((read, i) => read(values[i] ?? null)))),
  };
}

/** The names of columns that an expression reads, whether there are such columns or not. Throws `invalid_expression`. */
export function columnsOf(text: string): Set<string> {
  const names = new Set<string>();
  const waiting: Node[] = [parseExpression(text)];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.kind === "column") names.add(node.name);
    waiting.push(...partsOf(node));
  }
  return names;
}
