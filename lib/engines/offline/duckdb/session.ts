import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Input, Query, Table } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import { type Redact, redaction, userSqlError } from "./failure";
import { requireSelect } from "./gate";
import { loadTexts } from "./load";
import type { Settings } from "./protocol";
import { findSourceFiles } from "./source-files";
import { inCommitOrder, literals, quote, type Scan, tableSql } from "./sql";
import { requireWhole } from "./table-files";
import { findUpload, isUpload, shownUpload } from "./uploads";
import { decodeChunk, fromText, wireSql } from "./values";

/** A column as DuckDB sees it. */
export type DuckColumn = { name: string; duck: string };

/** What an operation reads and writes. `write` and `read` are absolute paths. */
export type Access = { queries?: Query[]; tables?: Table[]; write?: string[]; read?: string[] };

/** One locked, empty in-memory DuckDB for one operation. */
export class Session {
  private readonly scans = new Map<Table, Scan>();
  private constructor(
    private readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
    readonly settings: Settings,
    readonly redact: Redact,
    readonly tables: Table[],
    private readonly expanded: Map<Input, string[]>,
  ) {}

  /** Opens the instance, lets it read and write exactly the files of the operation, and locks it. */
  static async open(settings: Settings, access: Access): Promise<Session> {
    await mkdir(settings.temporaryDirectory, { recursive: true });
    const instance = await DuckDBInstance.create(":memory:", {
      threads: String(settings.threads),
      memory_limit: settings.memoryLimit,
      temp_directory: settings.temporaryDirectory,
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
      allow_unsigned_extensions: "false",
      allow_persistent_secrets: "false",
      allow_unredacted_secrets: "false",
      enable_external_file_cache: "false",
    });
    try {
      const connection = await instance.connect();
      await connection.run("SET TimeZone = 'UTC'");
      const inputs = (access.queries ?? []).flatMap((query) => query.inputs);
      const tables = [
        ...(access.tables ?? []),
        ...inputs.flatMap((input) => (input.kind === "table" ? [input.table] : [])),
      ];
      const names = new Map<string, string>();
      for (const file of tables.flatMap((table) => table.files)) names.set(join(settings.root, file.path), file.path);
      const expanded = new Map<Input, string[]>();
      for (const input of inputs) {
        if (input.kind !== "files") continue;
        const paths = await expand(connection, settings, input.paths);
        expanded.set(input, paths);
        for (const path of paths)
          names.set(
            path,
            input.paths.length === paths.length
              ? shownUpload(input.paths[paths.indexOf(path)] ?? path)
              : (path.split("/").at(-1) ?? path),
          );
      }
      const allowed = [...names.keys(), ...(access.read ?? []), ...(access.write ?? [])];
      await connection.run(`SET allowed_paths = ${literals(allowed)}`);
      await connection.run("SET enable_external_access = false");
      await connection.run("SET lock_configuration = true");
      await requireLocked(connection);
      const redact = redaction(names, [settings.temporaryDirectory, settings.root]);
      const session = new Session(instance, connection, settings, redact, tables, expanded);
      return session;
    } catch (error) {
      instance.closeSync();
      throw error;
    }
  }

  /** The files behind the file inputs, globs expanded. */
  inputPaths(): string[] {
    return [...this.expanded.values()].flat();
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  /** All rows of a small result in wire form; `declared` says which columns hold JSON as text. */
  async rows(sql: string, declared?: Column[]): Promise<Value[][]> {
    const result = await this.connection.run(sql);
    const columns = declared ?? result.columnNames().map((name): Column => ({ name, type: "STRING" }));
    const rows: Value[][] = [];
    for (const chunk of await result.fetchAllChunks()) {
      const values = decodeChunk(chunk, columns);
      for (let i = 0; i < chunk.rowCount; i++) rows.push(values.map((column) => column[i] ?? null));
    }
    return rows;
  }

  /** The first rows of a result, as many as fit into `maxBytes`. Throws `resource_exhausted` when not even one does. */
  async firstRows(sql: string, columns: Column[], maxBytes: number): Promise<{ rows: Value[][]; truncated: boolean }> {
    const result = await this.connection.stream(sql);
    const rows: Value[][] = [];
    let bytes = 0;
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const values = decodeChunk(chunk, columns);
      for (let i = 0; i < chunk.rowCount; i++) {
        const row = values.map((column) => column[i] ?? null);
        bytes += Buffer.byteLength(JSON.stringify(row));
        if (bytes > maxBytes && rows.length > 0) return { rows, truncated: true };
        if (bytes > maxBytes) throw tooLarge(maxBytes);
        rows.push(row);
      }
    }
    return { rows, truncated: false };
  }

  /** The first row of a result. */
  async row(sql: string): Promise<Value[]> {
    return (await this.rows(sql))[0] ?? [];
  }

  /** The columns of a relation, without running it. */
  async columns(relation: string): Promise<DuckColumn[]> {
    const rows = await this.rows(`DESCRIBE SELECT * FROM (${relation}\n)`);
    return rows.map(([name, type]) => ({ name: String(name), duck: String(type) }));
  }

  /** What the files of a table hold; throws `data_corrupt` when one of them is not what its commit says. */
  async scan(table: Table): Promise<Scan> {
    const known = this.scans.get(table);
    if (known) return known;
    const files = inCommitOrder(table.files);
    await requireWhole(this, files);
    const paths = files.map((file) => join(this.settings.root, file.path));
    const union = paths.length > 1 ? ", union_by_name = true" : "";
    const columns =
      paths.length === 0 ? [] : await this.columns(`SELECT * FROM read_parquet(${literals(paths)}${union})`);
    const scan = { paths, present: new Set(columns.map((column) => column.name)) };
    this.scans.set(table, scan);
    return scan;
  }

  /** Makes the inputs of a query readable by name and gives its SELECT, safe to stand in parentheses. */
  async prepare(query: Query): Promise<string> {
    for (const input of query.inputs) await this.createInput(input);
    return requireSelect(this.connection, query.sql, this.redact);
  }

  private async createInput(input: Input): Promise<void> {
    if (input.kind === "table") {
      await this.run(`CREATE VIEW ${quote(input.name)} AS ${tableSql(input.table, await this.scan(input.table))}`);
      return;
    }
    const body =
      input.kind === "sql"
        ? `SELECT * FROM (${await requireSelect(this.connection, input.sql, this.redact)}\n)`
        : `SELECT * FROM ${READERS[input.format](literals(this.expanded.get(input) ?? []))}`;
    try {
      await this.run(`CREATE VIEW ${quote(input.name)} AS ${body}`);
    } catch (error) {
      const failure = userSqlError(error, (text) => this.redact(withoutOwnSql(text)));
      if (input.kind === "sql" || failure.code !== "sql_invalid") throw failure;
      throw new LarderError("unreadable_file", failure.detail, failure.issues, { cause: error });
    }
  }

  /** Loads wire rows into a new table whose `rowid` is their order. */
  async load(table: string, columns: Column[], rows: Value[][]): Promise<void> {
    await loadTexts(this.connection, table, columns, rows);
    const list = columns.map((column) => `${fromText(quote(column.name), column.type)} AS ${quote(column.name)}`);
    await this.run(`CREATE OR REPLACE TABLE ${table} AS SELECT ${list.join(", ")} FROM ${table}`);
  }

  /** A SELECT list that turns columns of Larder types into wire values. */
  wire(columns: Column[], from: string): string {
    return `SELECT ${columns.map((column) => `${wireSql(quote(column.name), column.type)} AS ${quote(column.name)}`).join(", ")} FROM ${from}`;
  }
}

function tooLarge(maxBytes: number): LarderError {
  const detail = `A single row has more than ${maxBytes / 1_000_000} MB, which is too much to show; choose fewer columns, or shorten their values`;
  return new LarderError("resource_exhausted", detail);
}

/** A message without the line of the statement that this engine wrote itself; it shows paths, cut off. */
function withoutOwnSql(text: string): string {
  return text.replace(/\n+LINE 1: CREATE VIEW [\s\S]*$/, "");
}

const READERS: Record<"parquet" | "csv" | "json", (paths: string) => string> = {
  parquet: (paths) => `read_parquet(${paths}, union_by_name = true)`,
  // Left to itself, the sniffer skips lines it cannot read as a table; a broken file must be refused, not shortened.
  csv: (paths) => `read_csv(${paths}, union_by_name = true, header = true, skip = 0, delim = ',')`,
  json: (paths) => `read_json_auto(${paths}, union_by_name = true)`,
};

async function expand(connection: DuckDBConnection, settings: Settings, patterns: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) {
    if (isUpload(pattern)) found.push(findUpload(settings.uploadsDir, pattern));
    else found.push(...(await findSourceFiles(connection, settings, pattern)));
  }
  if (found.length === 0) throw new LarderError("unreadable_file", "The source names no files");
  return [...new Set(found)];
}

// The recipe is only worth something if it took effect, so each instance proves it before it sees a user's SQL.
async function requireLocked(connection: DuckDBConnection): Promise<void> {
  for (const forbidden of ["SELECT * FROM read_text('/etc/hostname')", "SET memory_limit = '100GB'"]) {
    const passed = await connection.run(forbidden).then(
      () => true,
      () => false,
    );
    if (passed) throw new LarderError("internal", "The sandbox of the offline engine did not close");
  }
}
