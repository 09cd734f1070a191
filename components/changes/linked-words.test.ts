import { describe, expect, it } from "vitest";
import { linkedWords } from "./linked-words";

const links = (sentence: string) =>
  linkedWords(sentence)
    .filter((word) => word.href)
    .map((word) => [word.text, word.href]);

describe("what a sentence names", () => {
  it("links features, views and consumers", () => {
    const sentence = "traffic:mean_delay is read by feature view flight_delay_v1 (mlops), consumer dispatcher";
    expect(links(sentence)).toEqual([
      ["traffic:mean_delay", "/features/traffic%3Amean_delay"],
      ["flight_delay_v1", "/feature-views/flight_delay_v1"],
      ["dispatcher", "/consumers/dispatcher"],
    ]);
    expect(
      linkedWords(sentence)
        .map((word) => word.text)
        .join(""),
    ).toBe(sentence);
  });

  it("links features of a version", () => {
    expect(links("traffic@2:mean_delay is made from a:b, which is DRAFT")).toEqual([
      ["traffic@2:mean_delay", "/features/traffic%402%3Amean_delay"],
      ["a:b", "/features/a%3Ab"],
    ]);
  });

  it("takes no time, address or word for a name", () => {
    for (const sentence of ["at 12:30 it was Late: no", "see https://example.org", "which is ACTIVE: fine", ""])
      expect(links(sentence)).toEqual([]);
  });
});
