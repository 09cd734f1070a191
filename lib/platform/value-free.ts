/** The engine's errors that quote what a row holds. */
const QUOTES_VALUES = /(?:Conversion|Invalid Input|Out of Range|CSV|Constraint) Error/;
/** What may follow the row that an error about a CSV file repeats. */
const AFTER_ROW =
  /^[\s\S]*\n(?=(?:Error when converting|Expected Number of Columns|Value with unterminated|Maximum line size))/;

/**
 * An engine's error without the values that it quotes, to be kept where everybody sees it: which column, which type and
 * which line stay.
 */
export function valueFree(detail: string): string {
  if (!QUOTES_VALUES.test(detail)) return detail;
  const [before = "", ...row] = detail.split("Original Line:");
  const rest = row.join("Original Line:");
  const text = row.length === 0 ? detail : before + (AFTER_ROW.test(rest) ? rest.replace(AFTER_ROW, "") : "");
  return (
    text
      // Values may hold quotes themselves, so these go to the last place where they can end.
      .replace(/(Could not convert string )[\s\S]*( to '?[A-Z])/, "$1'…'$2")
      .replace(/(Could not parse string )[\s\S]*(according to format specifier )[\s\S]*/, "$1'…' $2'…'")
      .replace(/( with value )[\s\S]*( can't be cast)/, "$1'…'$2")
      .replace(/(Could not cast value )[\s\S]*( to [A-Z])/, "$1'…'$2")
      .replace(/(Overflow in [^(]*\()[\s\S]*(\))/, "$1…$2")
      .replace(/(Input: )"[\s\S]*"/, "$1'…'")
      .replace(/(out of range: |Codepoint |hex digit: )[^\n]*/, "$1…")
      // The apostrophe of "can't" begins no literal.
      .replace(/(column |file |to )?(?<![A-Za-z])(["'])(?:(?!\2)[\s\S])*\2/g, (found, word?: string) =>
        word ? found : "'…'",
      )
      .trimEnd()
  );
}
