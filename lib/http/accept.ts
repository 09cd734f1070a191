import { LarderError } from "@/lib/kernel/errors";

/** The first of `offered` (best first) that an Accept header takes with the greatest weight. Throws `not_acceptable`. */
export function chooseType(accept: string | null, offered: readonly string[]): string {
  const ranges = (accept?.trim() ? accept : "*/*").split(",").map(parseRange);
  let best: { type: string; weight: number } | null = null;
  for (const type of offered) {
    const weight = weightOf(type, ranges);
    if (weight > 0 && (best === null || weight > best.weight)) best = { type, weight };
  }
  if (best) return best.type;
  throw new LarderError("not_acceptable", `This is offered as ${offered.join(" or ")}`);
}

type Range = { range: string; weight: number };

function parseRange(text: string): Range {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="));
  const weight = q ? Number(q.slice(2)) : 1;
  return { range, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}

/** The most specific range decides: `text/csv;q=0, *` + `/*` excludes CSV. */
function weightOf(type: string, ranges: Range[]): number {
  for (const form of [type, `${type.split("/")[0]}/*`, "*/*"]) {
    const found = ranges.find(({ range }) => range === form);
    if (found) return found.weight;
  }
  return 0;
}
