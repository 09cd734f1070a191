/** What is written, with places for messages. `at`: where it begins, or where its operator is. */
export type Node = { at: number } & (
  | { kind: "null" }
  | { kind: "boolean"; value: boolean }
  | { kind: "integer"; value: bigint }
  | { kind: "float"; value: number }
  | { kind: "text"; value: string }
  | { kind: "instant"; type: "TIMESTAMP" | "DATE"; value: string }
  | { kind: "column"; name: string }
  | { kind: "negative"; operand: Node }
  | { kind: "not"; operand: Node }
  | { kind: "binary"; operator: BinaryOperator; left: Node; right: Node }
  | { kind: "isNull"; operand: Node; negated: boolean }
  | { kind: "in"; operand: Node; list: Node[]; negated: boolean }
  | { kind: "between"; operand: Node; low: Node; high: Node; negated: boolean }
  | { kind: "case"; operand: Node | null; branches: { when: Node; result: Node }[]; otherwise: Node | null }
  | { kind: "cast"; operand: Node; type: string }
  | { kind: "call"; name: string; args: Node[] }
);

export type BinaryOperator = "or" | "and" | Comparison | "||" | "+" | "-" | "*" | "/" | "//" | "%";
export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** The parts that a part is made of. */
export function partsOf(node: Node): Node[] {
  switch (node.kind) {
    case "negative":
    case "not":
    case "isNull":
    case "cast":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "in":
      return [node.operand, ...node.list];
    case "between":
      return [node.operand, node.low, node.high];
    case "case": {
      const branches = node.branches.flatMap(({ when, result }) => [when, result]);
      return [node.operand, ...branches, node.otherwise].filter((part) => part !== null);
    }
    case "call":
      return node.args;
    default:
      return [];
  }
}

/** How strongly an operator binds; comparisons do not follow one another. */
export const STRENGTH: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  "=": 4,
  "<>": 4,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "||": 5,
  "+": 6,
  "-": 6,
  "*": 7,
  "/": 7,
  "//": 7,
  "%": 7,
};
/** `not` stands between `and` and the comparisons. */
export const NOT_STRENGTH = 3;

/** Words that are no names of columns unless in double quotes. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "is",
  "null",
  "true",
  "false",
  "in",
  "between",
  "case",
  "when",
  "then",
  "else",
  "end",
  "cast",
  "try_cast",
  "as",
]);
