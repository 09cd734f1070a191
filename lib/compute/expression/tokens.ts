import { mistake } from "./mistake";

/** A word is a name or a keyword; `quoted` is a name in double quotes, so never a keyword. `at`: where it begins. */
export type Token = {
  kind: "word" | "quoted" | "integer" | "decimal" | "text" | "symbol" | "end";
  text: string;
  at: number;
};

const SYMBOLS = ["<>", "!=", "<=", ">=", "||", "//", "+", "-", "*", "/", "%", "=", "<", ">", "(", ")", ","];

const isDigit = (char: string): boolean => char >= "0" && char <= "9";
const isLetter = (char: string): boolean =>
  (char >= "a" && char <= "z") || (char >= "A" && char <= "Z") || char === "_";

/** Cuts an expression into tokens, the end being the last. Throws `invalid_expression`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (kind: Token["kind"], value: string, end: number): void => {
    tokens.push({ kind, text: value, at });
    at = end;
  };
  while (at < text.length) {
    const char = text[at] as string;
    if (" \t\r\n".includes(char)) at++;
    else if (char === "'" || char === '"') {
      const { value, end } = quoted(text, at, char);
      if (char === '"' && value === "") throw mistake(text, at, "A name in double quotes is empty");
      take(char === "'" ? "text" : "quoted", value, end);
    } else if (isDigit(char) || (char === "." && isDigit(text[at + 1] ?? ""))) {
      const { kind, end } = number(text, at);
      take(kind, text.slice(at, end), end);
    } else if (isLetter(char)) {
      let end = at + 1;
      while (end < text.length && (isLetter(text[end] as string) || isDigit(text[end] as string))) end++;
      take("word", text.slice(at, end), end);
    } else {
      const symbol = SYMBOLS.find((one) => text.startsWith(one, at));
      if (!symbol) throw mistake(text, at, `${shown(text, at)} has no meaning here`);
      take("symbol", symbol, at + symbol.length);
    }
  }
  tokens.push({ kind: "end", text: "", at: text.length });
  return tokens;
}

function quoted(text: string, start: number, mark: string): { value: string; end: number } {
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== mark) value += text[at];
    else if (text[at + 1] === mark) value += text[at++];
    else return { value, end: at + 1 };
  }
  throw mistake(text, start, `The ${mark === "'" ? "text" : "name"} that begins with ${mark} never ends`);
}

function number(text: string, start: number): { kind: "integer" | "decimal"; end: number } {
  let at = start;
  const digits = (): void => {
    while (at < text.length && isDigit(text[at] as string)) at++;
  };
  digits();
  let kind: "integer" | "decimal" = "integer";
  if (text[at] === ".") {
    kind = "decimal";
    at++;
    digits();
  }
  if (text[at] === "e" || text[at] === "E") {
    kind = "decimal";
    at++;
    if (text[at] === "+" || text[at] === "-") at++;
    if (!isDigit(text[at] ?? "")) throw mistake(text, at, "A number with e needs digits after it, for example 1e6");
    digits();
  }
  if (isLetter(text[at] ?? "")) throw mistake(text, at, `A number cannot go on with ${text[at]}`);
  return { kind, end: at };
}

function shown(text: string, at: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
}
