import { join } from "node:path";
import type { Input } from "@/lib/engines/offline/port";
import { isLarderError, type LarderError } from "@/lib/kernel/errors";
import { append } from "./append";
import { asOf } from "./as-of";
import { columnOrigins } from "./column-origins";
import { compact, count } from "./compact";
import { exportRows } from "./export-rows";
import { engineError } from "./failure";
import { ingest } from "./ingest";
import { latestTexts } from "./latest-texts";
import { profile } from "./profile";
import type { Operation, Settings } from "./protocol";
import { describeQuery, latest, query, read } from "./reads";
import { contentHash, fingerprint, preview, resultRows } from "./result-files";
import { type Access, Session } from "./session";
import { checkFiles } from "./stored-files";
import { type Channel, Enough, RowSink } from "./stream";
import { findDamage } from "./table-files";

function accessOf(operation: Operation, settings: Settings): Access {
  switch (operation.kind) {
    case "describe":
    case "query":
    case "columnOrigins":
      return { queries: [operation.query] };
    case "export":
      return { queries: [operation.query], write: [operation.path] };
    case "append":
      return { queries: [operation.query], write: Object.values(operation.destination) };
    case "ingest": {
      const { existing, upload, format } = operation.request;
      const inputs: Input[] = [{ name: "upload", kind: "files", format, paths: [upload] }];
      const write = [...Object.values(operation.destination), ...Object.values(operation.quarantine)];
      return { queries: [{ sql: "", inputs }], tables: [existing], write };
    }
    case "compact":
      return { tables: [operation.table], write: Object.values(operation.destination) };
    case "latest":
    case "latestTexts":
    case "read":
    case "count":
    case "profile":
      return { tables: [operation.table] };
    case "asOf": {
      const { spine, joins } = operation.request;
      return {
        queries: spine.kind === "query" ? [spine.query] : [],
        read: spine.kind === "file" ? [join(settings.root, spine.path)] : [],
        tables: joins.map((one) => one.table),
        write: operation.destination ? Object.values(operation.destination) : [],
      };
    }
    case "contentHash":
    case "preview":
    case "resultRows":
      return { read: [join(settings.root, operation.path)] };
    case "checkFiles":
      return { read: operation.files.map((file) => join(settings.root, file.path)) };
    case "fingerprint":
      return {
        queries: [{ sql: "", inputs: [{ name: "source", kind: "files", format: "parquet", paths: operation.paths }] }],
      };
  }
}

async function dispatch(session: Session, operation: Operation, channel: Channel): Promise<unknown> {
  const sink = new RowSink(channel);
  switch (operation.kind) {
    case "describe":
      return describeQuery(session, operation);
    case "append":
      return append(session, operation, channel.step);
    case "ingest":
      return ingest(session, operation, channel.step);
    case "compact":
      return compact(session, operation, channel.step);
    case "count":
      return count(session, operation);
    case "columnOrigins":
      return columnOrigins(session, operation);
    case "resultRows":
      return resultRows(session, operation, sink);
    case "checkFiles":
      return checkFiles(session, operation);
    case "latest":
      return latest(session, operation, sink);
    case "latestTexts":
      return latestTexts(session, operation, sink);
    case "read":
      return read(session, operation);
    case "asOf":
      return asOf(session, operation, sink);
    case "profile":
      return profile(session, operation);
    case "query":
      return query(session, operation);
    case "export":
      return exportRows(session, operation);
    case "contentHash":
      return contentHash(session, operation);
    case "preview":
      return preview(session, operation);
    case "fingerprint":
      return fingerprint(session);
  }
}

/** Does one operation in a fresh locked DuckDB; every failure is a LarderError. */
export async function work(settings: Settings, operation: Operation, channel: Channel): Promise<unknown> {
  let session: Session | null = null;
  try {
    session = await Session.open(settings, accessOf(operation, settings));
    return await dispatch(session, operation, channel);
  } catch (error) {
    if (error instanceof Enough) return null;
    throw await explain(error, session, settings);
  } finally {
    session?.close();
  }
}

const BLAMELESS = ["sql_invalid", "unreadable_file", "internal"];

// DuckDB reports a flipped bit as whatever it broke (a codec, a length, a cast), so the files themselves are asked.
async function explain(error: unknown, session: Session | null, settings: Settings): Promise<LarderError> {
  const failure = engineError(error, session?.redact ?? ((text) => text));
  const suspicious = !isLarderError(error) || (BLAMELESS.includes(error.code) && error.cause !== undefined);
  if (!session || !suspicious) return failure;
  return (
    (await findDamage(
      settings.root,
      session.tables.flatMap((table) => table.files),
    )) ?? failure
  );
}
