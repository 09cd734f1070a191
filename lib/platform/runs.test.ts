import { describe, expect, test } from "vitest";
import { LarderError } from "@/lib/kernel/errors";
import type { Run, RunProgress } from "@/lib/kernel/run";
import { createReporter } from "./runs";

type Saved = { progress: RunProgress; log: Run["log"] };

function reporter(): { report: ReturnType<typeof createReporter>; abort: AbortController; saved: Saved[] } {
  const saved: Saved[] = [];
  const abort = new AbortController();
  const node = (id: string): RunProgress["nodes"][number] => ({
    id,
    label: id,
    state: "WAITING",
    rows: null,
    seconds: null,
    detail: null,
  });
  const report = createReporter({
    progress: { done: 0, total: 2, nodes: [node("a"), node("b")] },
    log: [],
    now: () => new Date("2026-01-15T12:00:00Z"),
    signal: abort.signal,
    save: async (state) => {
      saved.push(state);
    },
    everyMs: 1_000_000,
  });
  return { report, abort, saved };
}

const states = (saved: Saved[]): string[] => saved.at(-1)?.progress.nodes.map((node) => node.state) ?? [];

describe("createReporter", () => {
  test("a node ends as its work says, and counts as done", async () => {
    const { report, saved } = reporter();
    await report.node("a", async (onRows) => {
      onRows(7);
      return {};
    });
    await report.node("b", async () => ({ state: "UNCHANGED", rows: 3, detail: "same inputs" }));
    await report.flush();
    expect(saved.at(-1)?.progress).toMatchObject({
      done: 2,
      nodes: [
        { id: "a", state: "DONE", rows: 7 },
        { id: "b", state: "UNCHANGED", rows: 3, detail: "same inputs" },
      ],
    });
  });

  test.each([
    ["an error made for people", new LarderError("sql_invalid", "no such column"), "no such column"],
    ["any other error", new Error("secret internals"), "Internal error; the log of the worker has more"],
  ])("%s marks the node FAILED and goes on to the caller", async (_name, error, detail) => {
    const { report, saved } = reporter();
    await expect(report.node("a", () => Promise.reject(error))).rejects.toBe(error);
    await report.flush();
    expect(saved.at(-1)?.progress).toMatchObject({
      done: 0,
      nodes: [{ state: "FAILED", detail }, { state: "WAITING" }],
    });
  });

  test("after a stop the node at work is SKIPPED and no other one starts", async () => {
    const { report, abort, saved } = reporter();
    const work = report.node("a", async () => {
      abort.abort();
      throw new LarderError("cancelled", "killed");
    });
    await expect(work).rejects.toThrow("cancelled");
    let started = false;
    const next = report.node("b", async () => {
      started = true;
      return {};
    });
    await expect(next).rejects.toThrow("cancelled");
    await report.flush();
    expect([states(saved), started]).toEqual([["SKIPPED", "WAITING"], false]);
  });

  test("what was saved does not change afterwards", async () => {
    const { report, saved } = reporter();
    report.log("info", "one");
    await report.flush();
    report.log("info", "two");
    expect(saved[0]?.log.map((line) => line.message)).toEqual(["one"]);
  });
});
