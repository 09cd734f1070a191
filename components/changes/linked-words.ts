import { featureHref, groupHref } from "../catalog/links";

/** A piece of a sentence, and where it leads. */
export type Word = { text: string; href: string | null };

const NAME = "[a-z][a-z0-9_]*";
const NAMED = new RegExp(
  `\\b(?:(feature view|feature group|consumer|training set) (${NAME})|(${NAME}(?:@\\d+)?:${NAME}))(?![\\w:])`,
  "g",
);

const HREFS: Record<string, (name: string) => string> = {
  "feature view": (name) => `/feature-views/${name}`,
  "feature group": groupHref,
  consumer: (name) => `/consumers/${name}`,
  "training set": (name) => `/training-sets/${name}`,
};

/** Splits a sentence of the server's so that what it names becomes links; joined again it is exactly the sentence. */
export function linkedWords(sentence: string): Word[] {
  const words: Word[] = [];
  let end = 0;
  const push = (text: string, href: string | null): void => {
    if (text) words.push({ text, href });
  };
  for (const match of sentence.matchAll(NAMED)) {
    const [whole, kind, name, reference] = match;
    const linked = reference ?? name ?? "";
    const start = match.index + whole.length - linked.length;
    push(sentence.slice(end, start), null);
    push(linked, reference ? featureHref(reference) : (HREFS[kind ?? ""]?.(linked) ?? null));
    end = match.index + whole.length;
  }
  push(sentence.slice(end), null);
  return words;
}
