import { describe, expect, it } from "vitest";
import { highlight } from "./highlight";

describe("code colouring", () => {
  it("names keywords, strings and comments", () => {
    expect(highlight("SELECT 'a' -- why", "sql")).toEqual([
      { kind: "keyword", text: "SELECT" },
      { kind: "plain", text: " " },
      { kind: "string", text: "'a'" },
      { kind: "plain", text: " " },
      { kind: "comment", text: "-- why" },
    ]);
  });

  it.each(["sql", "python", "typescript", "bash", "json", "unknown"])("loses nothing in %s", (language) => {
    const code = "SELECT \"x\", 'it''s' -- c\n# d\n// e `f` import\n\tcurl -X";
    expect(
      highlight(code, language)
        .map((token) => token.text)
        .join(""),
    ).toBe(code);
  });
});
