/** A sender of write-crash.test.ts: writes rows into a group; LARDER_CRASH_AT says where it dies. */
import { contextFor, openProcess } from "@/lib/platform/context";
import { jsonLines } from "./row-bodies";
import { writeRows } from "./write-rows";

const [project = "", name = "", mode = "append", key = "", ...rows] = process.argv.slice(2);
const opened = openProcess("web");
const ctx = contextFor(opened, {
  actor: { kind: "user", id: "sender", name: "Sender", role: "engineer" },
  project: { id: project, name: project },
});
const body = jsonLines(rows);
await writeRows(ctx, { name, mode: mode as "append", format: "json", key, body });
await opened.close();
