import { GENESIS, hashEntry } from "./audit-chain";
import { type AuditRow, entryOf } from "./audit-row";

/** How far a walk along the chain has come. */
export type Walk = { last: { sequence: bigint; hash: string } | null; checked: number; unchained: number };

/** The first place that does not fit, and why. */
export type Fault = { sequence: string; reason: string };

/** Where a walk begins. */
export const START: Walk = { last: null, checked: 0, unchained: 0 };

/** Goes one row further, or says what is wrong with it. Rows come by sequence. */
export function step(walk: Walk, row: AuditRow): Walk | Fault {
  const { last } = walk;
  const begun = walk.checked > 0;
  const { sequence, previousHash, hash } = row;
  const fault = (reason: string): Fault => ({ sequence: String(sequence), reason });
  if (hash === "") {
    if (begun) return fault("has no hash, although the rows before it have");
    return { last: { sequence, hash: "" }, checked: 0, unchained: walk.unchained + 1 };
  }
  const expected = (last?.sequence ?? 0n) + 1n;
  if (sequence !== expected) return missing(expected, sequence - 1n);
  if (previousHash !== (begun ? last?.hash : GENESIS))
    return fault(begun ? "does not name the hash of the row before it" : "does not name the beginning of the chain");
  if (hashEntry(previousHash, entryOf(row)) !== hash) return fault("was changed: its hash is another one");
  return { last: { sequence, hash }, checked: walk.checked + 1, unchained: walk.unchained };
}

/** What is wrong with where the walk ended, by the head of the chain as it was read before the last row was looked for. */
export function finish({ last, checked }: Walk, head: { sequence: bigint; hash: string } | null): Fault | null {
  const end = last?.sequence ?? 0n;
  if (!head) return { sequence: String(end), reason: "the head of the chain is gone" };
  if (end < head.sequence) return missing(end + 1n, head.sequence);
  if (end > head.sequence)
    return { sequence: String(head.sequence + 1n), reason: "stands behind the head of the chain" };
  const hash = checked > 0 ? last?.hash : GENESIS;
  return hash === head.hash
    ? null
    : { sequence: String(end), reason: "is the last row, but the head has another hash" };
}

/** Whether a step failed. */
export function isFault(outcome: Walk | Fault): outcome is Fault {
  return "reason" in outcome;
}

function missing(first: bigint, last: bigint): Fault {
  return {
    sequence: String(first),
    reason: first === last ? "is missing" : `is missing, and all after it up to ${last}`,
  };
}
