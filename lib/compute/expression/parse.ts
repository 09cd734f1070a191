import { parseDataType } from "@/lib/kernel/data-types";
import { parseInstant } from "@/lib/kernel/time";
import { mistake, suggestion } from "./mistake";
import { type BinaryOperator, KEYWORDS, NOT_STRENGTH, type Node, partsOf, STRENGTH } from "./syntax";
import { type Token, tokenize } from "./tokens";

/** Longest expression, how deep its parts may lie in one another, and how many there may be: each is computed for every row. */
export const MAX_LENGTH = 4000;
export const MAX_NESTING = 100;
export const MAX_PARTS = 2000;

const COMPARED = STRENGTH["="];
const MAX_INTEGER = 2n ** 63n - 1n;

/** Reads an expression. Throws `invalid_expression` with the place and what was expected there. */
export function parseExpression(text: string): Node {
  if (text.length > MAX_LENGTH)
    throw mistake(text, 0, `An expression has at most ${MAX_LENGTH} characters; this one has ${text.length}`);
  if (text.trim() === "") throw mistake(text, 0, "The expression is empty");
  const parser = new Parser(text, tokenize(text));
  const node = parser.expression(0);
  parser.end();
  requireFewParts(text, node);
  return node;
}

function requireFewParts(text: string, node: Node): void {
  const waiting = [node];
  let parts = 0;
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    if (++parts > MAX_PARTS) throw mistake(text, 0, `An expression has at most ${MAX_PARTS} parts; this one has more`);
    waiting.push(...partsOf(part));
  }
}

class Parser {
  private place = 0;
  private depth = 0;
  constructor(
    private readonly text: string,
    private readonly tokens: Token[],
  ) {}

  end(): void {
    if (this.token.kind !== "end") throw this.unexpected("an operator or the end");
  }

  /** Everything whose operators bind more strongly than `floor`. */
  expression(floor: number): Node {
    if (++this.depth > MAX_NESTING)
      throw mistake(this.text, this.token.at, `Parts lie more than ${MAX_NESTING} deep in one another`);
    let left = this.prefix();
    for (;;) {
      const next = this.infix(left, floor);
      if (!next) break;
      left = next;
    }
    this.depth--;
    return left;
  }

  private get token(): Token {
    return this.tokens[this.place] as Token;
  }

  private next(): Token {
    return this.tokens[this.place++] as Token;
  }

  /** The keyword that comes now, in lower case. */
  private get word(): string | null {
    const { kind, text } = this.token;
    return kind === "word" ? text.toLowerCase() : null;
  }

  private takeWord(word: string): boolean {
    if (this.word !== word) return false;
    this.place++;
    return true;
  }

  private takeSymbol(symbol: string): boolean {
    const { kind, text } = this.token;
    if (kind !== "symbol" || text !== symbol) return false;
    this.place++;
    return true;
  }

  private requireWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected(word);
  }

  private requireSymbol(symbol: string, why: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected(`${symbol} ${why}`);
  }

  private unexpected(expected: string): Error {
    const { kind, text, at } = this.token;
    const found = kind === "end" ? "The expression ends" : kind === "text" ? "A text stands" : `${text} stands`;
    return mistake(this.text, at, `${found} where ${expected} was expected`);
  }

  private prefix(): Node {
    const { at } = this.token;
    if (this.takeWord("not")) return { kind: "not", at, operand: this.expression(NOT_STRENGTH - 1) };
    if (!this.takeSymbol("-")) return this.primary();
    // The smallest integer has no positive counterpart.
    if (this.token.kind === "integer") return this.integer(at, -BigInt(this.next().text));
    if (this.token.kind === "decimal") return { kind: "float", at, value: -this.finite(at, Number(this.next().text)) };
    return { kind: "negative", at, operand: this.expression(STRENGTH["*"]) };
  }

  private infix(left: Node, floor: number): Node | null {
    const { at } = this.token;
    const operator = this.operator();
    if (operator) {
      const strength = STRENGTH[operator];
      if (strength <= floor) return null;
      this.place++;
      const right = this.expression(strength);
      if (strength === COMPARED && this.comesComparison())
        throw mistake(this.text, this.token.at, "Comparisons cannot follow one another; use and, or brackets");
      return { kind: "binary", at, operator, left, right };
    }
    if (COMPARED <= floor || !this.comesComparison()) return null;
    const node = this.tested(left, at);
    if (this.comesComparison())
      throw mistake(this.text, this.token.at, "Comparisons cannot follow one another; use and, or brackets");
    return node;
  }

  /** is [not] null, [not] in (…), [not] between … and …. */
  private tested(operand: Node, at: number): Node {
    if (this.takeWord("is")) {
      const negated = this.takeWord("not");
      this.requireWord("null");
      return { kind: "isNull", at, operand, negated };
    }
    const negated = this.takeWord("not");
    if (this.takeWord("in")) {
      this.requireSymbol("(", "of the list");
      const list = this.list();
      if (list.length === 0) throw mistake(this.text, at, "The list of in is empty");
      return { kind: "in", at, operand, list, negated };
    }
    if (!this.takeWord("between")) throw this.unexpected("in or between");
    const low = this.expression(COMPARED);
    this.requireWord("and");
    return { kind: "between", at, operand, low, high: this.expression(COMPARED), negated };
  }

  private operator(): BinaryOperator | null {
    const { kind, text } = this.token;
    const found = kind === "symbol" ? (text === "!=" ? "<>" : text) : this.word;
    return found !== null && Object.hasOwn(STRENGTH, found) ? (found as BinaryOperator) : null;
  }

  private comesComparison(): boolean {
    const operator = this.operator();
    if (operator) return STRENGTH[operator] === COMPARED;
    return ["is", "in", "between", "not"].includes(this.word ?? "");
  }

  private primary(): Node {
    const { kind, text, at } = this.token;
    if (kind === "integer") {
      this.place++;
      return this.integer(at, BigInt(text));
    }
    if (kind === "decimal") {
      this.place++;
      return { kind: "float", at, value: this.finite(at, Number(text)) };
    }
    if (kind === "text") {
      this.place++;
      return { kind: "text", at, value: text };
    }
    if (kind === "quoted") {
      this.place++;
      return { kind: "column", at, name: text };
    }
    if (this.takeSymbol("(")) {
      const inner = this.expression(0);
      this.requireSymbol(")", "that ends the bracket");
      return inner;
    }
    if (kind !== "word") throw this.unexpected("a value");
    return this.named(text, at);
  }

  private named(text: string, at: number): Node {
    const word = text.toLowerCase();
    this.place++;
    if (word === "null") return { kind: "null", at };
    if (word === "true" || word === "false") return { kind: "boolean", at, value: word === "true" };
    if (word === "case") return this.caseOf(at);
    if (word === "cast" || word === "try_cast") return this.cast(at);
    if ((word === "timestamp" || word === "date") && this.token.kind === "text") return this.instant(word, at);
    if (KEYWORDS.has(word)) {
      this.place--;
      throw this.unexpected("a value");
    }
    if (this.takeSymbol("(")) return { kind: "call", at, name: word, args: this.list() };
    return { kind: "column", at, name: text };
  }

  /** Expressions up to the bracket that ends them. */
  private list(): Node[] {
    if (this.takeSymbol(")")) return [];
    const items = [this.expression(0)];
    while (this.takeSymbol(",")) items.push(this.expression(0));
    this.requireSymbol(")", "or a comma");
    return items;
  }

  private caseOf(at: number): Node {
    const operand = this.word === "when" ? null : this.expression(0);
    const branches: { when: Node; result: Node }[] = [];
    while (this.takeWord("when")) {
      const when = this.expression(0);
      this.requireWord("then");
      branches.push({ when, result: this.expression(0) });
    }
    if (branches.length === 0) throw this.unexpected("when");
    const otherwise = this.takeWord("else") ? this.expression(0) : null;
    this.requireWord("end");
    return { kind: "case", at, operand, branches, otherwise };
  }

  private cast(at: number): Node {
    this.requireSymbol("(", "of the cast");
    const operand = this.expression(0);
    this.requireWord("as");
    const { kind, text, at: typeAt } = this.token;
    if (kind !== "word") throw this.unexpected("a type");
    this.place++;
    const type = text.toUpperCase();
    if (!parseDataType(type)) {
      const known = ["INT32", "INT64", "FLOAT32", "FLOAT64", "STRING", "BOOL", "TIMESTAMP", "DATE"];
      throw mistake(
        this.text,
        typeAt,
        `${text} is no type to cast to${suggestion(type, known)}; there are ${known.join(", ")}`,
      );
    }
    this.requireSymbol(")", "that ends the cast");
    return { kind: "cast", at, operand, type };
  }

  private instant(word: "timestamp" | "date", at: number): Node {
    const { text, at: textAt } = this.next();
    const instant = parseInstant(text);
    if (word === "timestamp" && instant) return { kind: "instant", at, type: "TIMESTAMP", value: instant };
    if (word === "date" && instant && /^\d{4}-\d\d-\d\d$/.test(text.trim()))
      return { kind: "instant", at, type: "DATE", value: instant.slice(0, 10) };
    const example = word === "date" ? "date '2001-06-30'" : "timestamp '2001-06-30T12:00:00Z'";
    throw mistake(this.text, textAt, `'${text.slice(0, 40)}' is no ${word}; write ${example}`);
  }

  private integer(at: number, value: bigint): Node {
    if (value > MAX_INTEGER || value < -MAX_INTEGER - 1n)
      throw mistake(this.text, at, `${value} does not fit into 64 bits; write it with a decimal point for a FLOAT64`);
    return { kind: "integer", at, value };
  }

  private finite(at: number, value: number): number {
    if (!Number.isFinite(value)) throw mistake(this.text, at, "The number is too great for a FLOAT64");
    return value;
  }
}
