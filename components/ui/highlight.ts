/** A piece of code and how it is to look. */
export type Token = { kind: "plain" | "keyword" | "string" | "comment"; text: string };

const KEYWORDS: Record<string, string> = {
  sql: "select from where group by order partition over range rows between and or not null is as on join left inner cross using union all distinct case when then else end with interval preceding following current row limit desc asc having filter count sum avg min max cast true false in like exists",
  python: "import from def return for in if else elif print with as none true false class lambda not and or is",
  typescript: "import from const let await async return for of if else function type new export null true false",
  bash: "curl",
  json: "true false null",
  yaml: "true false null",
};
const COMMENT: Record<string, string> = {
  sql: "--[^\\n]*",
  typescript: "//[^\\n]*",
  python: "#[^\\n]*",
  yaml: "#[^\\n]*",
  bash: "#[^\\n]*",
};

/** Splits code into tokens for colouring; joined again they are exactly the code. */
export function highlight(code: string, language: string): Token[] {
  const words = new Set((KEYWORDS[language] ?? "").split(" "));
  const comment = COMMENT[language];
  const string = language === "typescript" ? "`[^`]*`|\"[^\"\\n]*\"|'[^'\\n]*'" : "\"[^\"\\n]*\"|'[^']*'";
  const pattern = new RegExp(`${comment ? `(${comment})` : "(\\b\\B)"}|(${string})|([A-Za-z_]\\w*)`, "g");
  const tokens: Token[] = [];
  let end = 0;
  const push = (kind: Token["kind"], text: string): void => {
    const last = tokens.at(-1);
    if (last && last.kind === kind) last.text += text;
    else if (text) tokens.push({ kind, text });
  };
  for (const match of code.matchAll(pattern)) {
    push("plain", code.slice(end, match.index));
    const word = language === "sql" || language === "python" ? match[0].toLowerCase() : match[0];
    push(match[1] ? "comment" : match[2] ? "string" : words.has(word) ? "keyword" : "plain", match[0]);
    end = match.index + match[0].length;
  }
  push("plain", code.slice(end));
  return tokens;
}
