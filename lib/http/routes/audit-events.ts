import { exportAuditEvents } from "@/lib/access/export-audit-events";
import { listAuditEvents } from "@/lib/access/list-audit-events";
import { AuditEventSummary, AuditVerification, ExportAuditEvents, ListAuditEvents, Nothing } from "@/lib/access/schema";
import { verifyAudit } from "@/lib/access/verify-audit";
import { pageOf } from "@/lib/kernel/page";
import { JsonLinesFile, route } from "../route";

const path = "/audit-events";
const tags = ["Audit log"];

/** The audit log: what was done and refused. */
export const auditEventRoutes = [
  route({
    method: "get",
    path,
    summary: "List, newest first",
    tags,
    input: ListAuditEvents,
    output: pageOf(AuditEventSummary),
    run: listAuditEvents,
    problems: ["insufficient_scope"],
  }),
  route({
    method: "get",
    path: `${path}/export`,
    summary: "Download as JSON Lines, oldest first",
    tags,
    description:
      "A row's hash is SHA-256 over previousHash, a line feed, and the row as JSON with sorted keys, without project, previousHash and hash.",
    input: ExportAuditEvents,
    output: JsonLinesFile,
    run: exportAuditEvents,
    problems: ["insufficient_scope"],
  }),
  route({
    method: "get",
    path: `${path}/verify`,
    summary: "Walk the whole chain of hashes",
    tags,
    description: "Of all projects. Names the first row that does not fit, and why.",
    input: Nothing,
    output: AuditVerification,
    run: verifyAudit,
    problems: ["insufficient_scope"],
  }),
];
