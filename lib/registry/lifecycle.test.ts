import { describe, expect, test } from "vitest";
import { canMove, type Move, type Moving, namedIn, refusals, startsOf, type TargetStatus } from "./lifecycle";
import { type FeatureStatus, STATUSES } from "./schema";

const TARGETS = ["ACTIVE", "DEPRECATED", "RETIRED"] as const;
const ARROWS = ["DRAFT>ACTIVE", "ACTIVE>DEPRECATED", "DEPRECATED>ACTIVE", "DEPRECATED>RETIRED"];

const moving = (status: FeatureStatus, rest: Partial<Moving> = {}): Moving => ({
  reference: "stats:trips",
  status,
  parents: [],
  readers: [],
  ...rest,
});
const move = (target: TargetStatus, rest: Partial<Move> = {}): Move => ({
  target,
  deprecation: null,
  replacement: null,
  today: "2026-01-15",
  ...rest,
});
const details = (features: Moving[], about: Move): string[] => refusals(features, about).map(({ detail }) => detail);

describe("the table", () => {
  test.each(STATUSES.flatMap((from) => TARGETS.map((to) => [from, to] as const)))("%s -> %s", (from, to) => {
    const there = ARROWS.includes(`${from}>${to}`);
    expect(canMove(from, to)).toBe(there);
    expect(refusals([moving(from)], move(to)).length).toBe(there ? 0 : 1);
  });

  test.each<[TargetStatus, FeatureStatus[]]>([
    ["ACTIVE", ["DRAFT", "DEPRECATED"]],
    ["DEPRECATED", ["ACTIVE"]],
    ["RETIRED", ["DEPRECATED"]],
  ])("to %s leads from %s", (to, from) => {
    expect(startsOf(to)).toEqual(from);
  });

  test.each<[FeatureStatus, TargetStatus, string]>([
    ["DRAFT", "RETIRED", "stats:trips is DRAFT and can become ACTIVE, not RETIRED"],
    ["DEPRECATED", "DEPRECATED", "stats:trips is DEPRECATED already"],
    ["RETIRED", "ACTIVE", "stats:trips is RETIRED, which is final"],
    ["ACTIVE", "RETIRED", "stats:trips is ACTIVE and can become DEPRECATED, not RETIRED"],
  ])("a %s feature asked to be %s is told what is possible", (from, to, words) => {
    expect(details([moving(from)], move(to))).toEqual([words]);
  });
});

describe("parents", () => {
  test.each<[FeatureStatus, string[]]>([
    ["DRAFT", ["stats:trips is made from rides:n, which is DRAFT"]],
    ["ACTIVE", []],
    ["DEPRECATED", []],
    ["RETIRED", ["stats:trips is made from rides:n, which is RETIRED"]],
  ])("ACTIVE over a parent that is %s", (status, words) => {
    const feature = moving("DRAFT", { parents: [{ reference: "rides:n", status }] });
    expect(details([feature], move("ACTIVE"))).toEqual(words);
  });

  test("do not matter to what is deprecated or retired", () => {
    const parents = [{ reference: "rides:n", status: "DRAFT" as const }];
    expect(details([moving("ACTIVE", { parents })], move("DEPRECATED"))).toEqual([]);
    expect(details([moving("DEPRECATED", { parents })], move("RETIRED"))).toEqual([]);
  });
});

describe("readers", () => {
  const readers = ["feature view v (ann)", "consumer c"];
  test("RETIRED is refused, naming each", () => {
    expect(details([moving("DEPRECATED", { readers })], move("RETIRED"))).toEqual([
      "stats:trips is read by feature view v (ann), consumer c",
    ]);
  });
  test("every feature gets its own issue", () => {
    const other = moving("DRAFT", { reference: "stats:rating" });
    expect(refusals([moving("DEPRECATED", { readers }), other], move("RETIRED")).map(({ code }) => code)).toEqual([
      "in_use",
      "transition",
    ]);
  });
  test("DEPRECATED is not", () => {
    expect(details([moving("ACTIVE", { readers })], move("DEPRECATED"))).toEqual([]);
  });
});

describe("deprecation", () => {
  const deprecation = { note: "n", retireOn: "2026-01-15", replacement: null };
  const named = { ...deprecation, replacement: "stats:rating" };
  const of = (rest: Partial<Move>): string[] => details([moving("ACTIVE")], move("DEPRECATED", rest));
  test("today is early enough, yesterday is not", () => {
    expect(of({ deprecation })).toEqual([]);
    expect(of({ deprecation: { ...deprecation, retireOn: "2026-01-14" } })).toEqual([
      "retireOn 2026-01-14 has passed; today is 2026-01-15",
    ]);
  });
  test("the replacement is another feature that is ACTIVE", () => {
    const replacement = (reference: string, status: FeatureStatus) => ({
      deprecation: named,
      replacement: { reference, status },
    });
    expect(of(replacement("stats:rating", "ACTIVE"))).toEqual([]);
    expect(of({ deprecation: named })).toEqual(["replacement stats:rating does not exist"]);
    expect(of(replacement("stats:rating", "DRAFT"))).toEqual(["replacement stats:rating is DRAFT; it must be ACTIVE"]);
    expect(of(replacement("stats:trips", "ACTIVE"))).toEqual(["replacement stats:rating is to be deprecated itself"]);
  });
});

describe("namedIn", () => {
  test.each<[string, string, string[]]>([
    ["a word", "SELECT key, a FROM g", ["a"]],
    ["whatever its case, quoted, or qualified", 'SELECT A, "b" FROM g', ["a", "b"]],
    ["behind a table", "SELECT g.ab FROM g", ["ab"]],
    ["part of a longer word is none", "SELECT a_total, xb FROM g", ["a", "b", "ab"]],
    ["none: any of them", "SELECT * FROM g", ["a", "b", "ab"]],
  ])("%s", (_name, sql, expected) => {
    expect(namedIn(sql, ["a", "b", "ab"])).toEqual(expected);
  });
  test("columns that * hands on count", () => {
    expect(namedIn("SELECT *, a + 1 AS more FROM g", ["a", "b", "ab"], ["b", "more"])).toEqual(["a", "b"]);
  });
});
