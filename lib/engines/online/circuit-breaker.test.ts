import { describe, expect, it, test } from "vitest";
import { CircuitBreaker, type Permit } from "./circuit-breaker";

/** ok, no: a call that ends so at once. refused: nobody may call. wait: time goes by. */
type Step = "ok" | "no" | "opens" | "refused" | { wait: number };

const FAILURES = 3;
const OPEN_MS = 1000;

const CASES: [string, Step[]][] = [
  ["stays closed below the limit", ["no", "no", "ok", "no", "no", "ok"]],
  ["opens at the limit, and stays open", ["no", "no", "opens", "refused", { wait: 999 }, "refused"]],
  ["counts failures without a success between them only", ["no", "no", "ok", "no", "no", "opens", "refused"]],
  [
    "lets one try after a while, and closes when it succeeds",
    ["no", "no", "opens", { wait: 1000 }, "ok", "no", "no", "opens"],
  ],
  [
    "opens again for as long when the try fails",
    ["no", "no", "opens", { wait: 1000 }, "opens", "refused", { wait: 999 }, "refused", { wait: 1 }, "ok", "ok"],
  ],
  [
    "a failed try after a longer while opens it from then on",
    ["no", "no", "opens", { wait: 60_000 }, "opens", { wait: 999 }, "refused"],
  ],
];

function breaker(): { breaker: CircuitBreaker; wait: (ms: number) => void } {
  let at = 5_000;
  return {
    breaker: new CircuitBreaker({ failures: FAILURES, openMs: OPEN_MS, now: () => at }),
    wait: (ms) => {
      at += ms;
    },
  };
}

describe("a circuit breaker", () => {
  test.each(CASES)("%s", (_name, steps) => {
    const { breaker: tested, wait } = breaker();
    for (const [index, step] of steps.entries()) {
      const place = `step ${index}: ${JSON.stringify(step)}`;
      if (typeof step === "object") {
        wait(step.wait);
        continue;
      }
      const permit = tested.enter();
      expect(permit === null, place).toBe(step === "refused");
      if (step === "ok") permit?.succeeded();
      if (step === "no" || step === "opens") expect(permit?.failed(), place).toBe(step === "opens");
      expect(tested.isOpen, place).toBe(step === "opens" || step === "refused");
    }
  });

  it("lets only one try, however many come", () => {
    const { breaker: tested, wait } = breaker();
    const calls = Array.from({ length: 10 }, () => tested.enter());
    expect(calls.filter((permit) => permit?.failed())).toHaveLength(1);
    expect(tested.retryAfterMs).toBe(OPEN_MS);
    wait(OPEN_MS);
    const tries = Array.from({ length: 10 }, () => tested.enter()).filter((permit) => permit !== null);
    expect(tries).toHaveLength(1);
    expect(tested.isOpen).toBe(true);
    tries[0]?.succeeded();
    expect(tested.isOpen).toBe(false);
  });

  it("is not moved by calls from before it opened, nor by an end told twice", () => {
    const { breaker: tested, wait } = breaker();
    const late = tested.enter() as Permit;
    const failing = tested.enter() as Permit;
    for (const permit of [failing, tested.enter(), tested.enter()]) permit?.failed();
    late.succeeded();
    expect(tested.isOpen).toBe(true);
    wait(OPEN_MS);
    const trying = tested.enter();
    failing.succeeded();
    late.succeeded();
    expect(tested.isOpen).toBe(true);
    trying?.succeeded();
    expect(failing.failed()).toBe(false);
    expect(trying?.failed()).toBe(false);
    expect([tested.isOpen, tested.retryAfterMs]).toEqual([false, 0]);
  });
});
