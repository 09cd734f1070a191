import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import { columnsOf, compileExpression, type Expression } from "./expression/expression";

/** An on-demand feature as it is defined; `type` says what its expression must give. */
export type OnDemandDefinition = { expression: string; type?: string | undefined };

/** A compiled one. `from`: the columns and request data it is made from, directly or through others. */
export type OnDemandColumn = { name: string; type: string; text: string; from: readonly string[] };

/**
 * All on-demand features of a view. `columns` are in the order of their names; `evaluate` takes the values of `inputs` and
 * gives those of `columns`.
 */
export type OnDemand = {
  inputs: readonly string[];
  columns: readonly OnDemandColumn[];
  evaluate(values: readonly Value[]): Value[];
};

/** What is wrong with one of them; line and column are places in its expression. */
export type OnDemandMistake = { name: string; code: string; detail: string; line?: number; column?: number };

type Compiled = { name: string; expression: Expression; reads: string[] };

/**
 * Compiles the on-demand features of a view over its columns and request data, by name with the texts of their types. They
 * may read one another, but not in a circle. Throws the first mistake as `invalid_expression`.
 */
export function compileOnDemand(
  definitions: Readonly<Record<string, OnDemandDefinition>>,
  columns: ReadonlyMap<string, string>,
): OnDemand {
  const { onDemand, mistakes } = checkOnDemand(definitions, columns);
  const [first] = mistakes;
  if (!first) return onDemand;
  throw new LarderError(
    "invalid_expression",
    `${first.name}: ${first.detail}`,
    mistakes.map(({ name: _, ...issue }) => issue),
  );
}

/** The same, with all mistakes instead of the first; those without one are compiled. */
export function checkOnDemand(
  definitions: Readonly<Record<string, OnDemandDefinition>>,
  columns: ReadonlyMap<string, string>,
): { onDemand: OnDemand; mistakes: OnDemandMistake[] } {
  const names = Object.keys(definitions).sort();
  const mistakes: OnDemandMistake[] = [];
  const done = new Map<string, Compiled | null>();
  const open: string[] = [];
  const visit = (name: string): void => {
    if (done.has(name)) return;
    const definition = definitions[name] as OnDemandDefinition;
    try {
      const reads = [...columnsOf(definition.expression)];
      open.push(name);
      for (const read of reads) {
        if (!Object.hasOwn(definitions, read)) continue;
        if (open.includes(read)) throw circle(open, read);
        visit(read);
      }
      open.pop();
      // What is wrong with what it reads is said there.
      const broken = reads.some((read) => Object.hasOwn(definitions, read) && !done.get(read));
      done.set(name, broken ? null : compileOne(name, definition, reads, { columns, done }));
    } catch (error) {
      if (!isLarderError(error)) throw error;
      if (open.at(-1) === name) open.pop();
      done.set(name, null);
      const { line, column, detail = error.detail } = error.issues[0] ?? {};
      mistakes.push({
        name,
        code: error.code,
        detail,
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
      });
    }
  };
  for (const name of names) visit(name);
  const compiled = [...done.values()].filter((one) => one !== null);
  return { onDemand: assemble(compiled), mistakes };
}

function compileOne(
  name: string,
  { expression: text, type }: OnDemandDefinition,
  reads: string[],
  known: { columns: ReadonlyMap<string, string>; done: ReadonlyMap<string, Compiled | null> },
): Compiled {
  const { columns, done } = known;
  const typeOf = (column: string): string | undefined => columns.get(column) ?? done.get(column)?.expression.type;
  const expression = compileExpression(text, {
    get: typeOf,
    keys: () => new Set([...columns.keys(), ...done.keys()]).keys(),
  });
  if (type !== undefined && sameType(type) !== sameType(expression.type))
    throw new LarderError(
      "invalid_expression",
      `The expression gives ${expression.type}, not ${type}; write cast(… as ${type}), or leave the type out`,
    );
  return { name, expression, reads };
}

const sameType = (type: string): string => type.replaceAll(" ", "");

function circle(open: string[], read: string): LarderError {
  const path = [...open.slice(open.indexOf(read)), read];
  return new LarderError("invalid_expression", `${path.join(" -> ")}: these read each other in a circle`);
}

/** `compiled` is in an order in which none reads a later one. */
function assemble(compiled: Compiled[]): OnDemand {
  const own = new Set(compiled.map(({ name }) => name));
  const inputs = [...new Set(compiled.flatMap(({ expression }) => expression.inputs.filter((name) => !own.has(name))))];
  const places = new Map([...inputs, ...own].map((name, place) => [name, place]));
  const steps = compiled.map(({ name, expression }) => ({
    to: places.get(name) ?? 0,
    from: expression.inputs.map((input) => places.get(input) ?? 0),
    expression,
  }));
  const from = new Map<string, string[]>();
  for (const { name, expression } of compiled)
    from.set(name, [...new Set(expression.inputs.flatMap((input) => from.get(input) ?? [input]))]);
  const columns = compiled
    .map(({ name, expression: { type, text } }) => ({ name, type, text, from: from.get(name) ?? [] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const outputs = columns.map(({ name }) => places.get(name) ?? 0);
  return {
    inputs,
    columns,
    evaluate: (values) => {
      const slots: Value[] = [...values];
      for (const step of steps)
        slots[step.to] = step.expression.evaluate(step.from.map((place) => slots[place] ?? null));
      return outputs.map((place) => slots[place] ?? null);
    },
  };
}
