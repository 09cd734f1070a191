import { createHash } from "node:crypto";
import { canonicalJson } from "@/lib/kernel/canonical-json";

/** What the first row of a chain names as the one before it. */
export const GENESIS = "0".repeat(64);

/** Everything of an audit row that its hash covers. `sequence` is decimal text, `at` an ISO instant. */
export type AuditEntry = {
  id: string;
  sequence: string;
  at: string;
  projectId: string | null;
  actorId: string;
  actorKind: string;
  actorName: string;
  tokenId: string | null;
  ip: string | null;
  agent: string | null;
  requestId: string | null;
  action: string;
  resource: string;
  before: unknown;
  after: unknown;
  outcome: string;
};

/** SHA-256 over the hash before it and the row in canonical JSON, as hex. */
export function hashEntry(previousHash: string, entry: AuditEntry): string {
  return createHash("sha256").update(previousHash).update("\n").update(canonicalJson(entry)).digest("hex");
}

const SECRET = /password|secret|token$|^hash$|cookie/i;
const MASK = "[masked]";

/** A copy for the audit log: secrets by their name, and what a definition says about values of a personal feature. */
export function maskSensitive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSensitive);
  if (typeof value !== "object" || value === null) return value;
  const personal = "sensitivity" in value && value.sensitivity === "personal";
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      // The database driver loses this one key, and the hash would cover what is not kept.
      if (item === undefined || key === "__proto__") return [];
      const hidden =
        (SECRET.test(key) && typeof item === "string") || (personal && (key === "default" || key === "constraints"));
      return [[key, hidden && item !== null ? MASK : maskSensitive(item)]];
    }),
  );
}
