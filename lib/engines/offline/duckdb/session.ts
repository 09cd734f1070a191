import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { CommittedFile, Input, Query, Table } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import { duckType } from "./column-types";
import { distinctSql } from "./distinct-rows";
import { exactJson } from "./exact-json";
import { type Redact, redaction, userSqlError } from "./failure";
import { requireSelect } from "./gate";
import { loadTexts } from "./load";
import { requireLocked, requireSettings } from "./lock";
import type { Settings } from "./protocol";
import { findSourceFiles } from "./source-files";
import { firstPlaces, literal, literals, partsOf, quote, type Scan, type ScanPart, tableSql } from "./sql";
import { layoutOf, requireWhole } from "./table-files";
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
      // Given when the instance is made, it is reported and not kept to.
      await connection.run(`SET max_temp_directory_size = ${literal(settings.temporaryLimit)}`);
      for (const name of ["interval_start", "interval_end"])
        await connection.run(`SET VARIABLE ${name} = CAST(NULL AS TIMESTAMPTZ)`);
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
      await requireSettings(connection, settings, allowed);
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

  /** What is to be read of a table, or of some of its files; throws `data_corrupt` when one of those is not what its commit says. */
  async scan(table: Table, only: CommittedFile[] = table.files): Promise<Scan> {
    const known = only === table.files ? this.scans.get(table) : undefined;
    if (known) return known;
    await requireWhole(this, only);
    const places = firstPlaces(table.files);
    const scan: Scan = { parts: [] };
    for (const files of partsOf(only, places)) scan.parts.push(this.part(files, places));
    if (only === table.files) this.scans.set(table, scan);
    return scan;
  }

  private part(files: CommittedFile[], places: Map<CommittedFile, number>): ScanPart {
    const layouts = files.map((file) => layoutOf(join(this.settings.root, file.path)));
    return {
      files: files.map((file) => ({
        path: join(this.settings.root, file.path),
        commitSequence: file.commitSequence,
        committedAt: file.committedAt,
        firstPlace: places.get(file) ?? 0,
      })),
      present: new Set(layouts.flatMap(({ names }) => names)),
      mixed: new Set(layouts.map(({ text }) => text)).size > 1,
      hidden: files[0]?.hidden ?? [],
      compacted: files[0]?.compacted ?? false,
    };
  }

  /** Makes the inputs of a query readable by name and gives its SELECT, safe to stand in parentheses. */
  async prepare(query: Query): Promise<string> {
    for (const input of query.inputs) await this.createInput(input);
    return requireSelect(this.connection, query.sql, this.redact);
  }

  private async createInput(input: Input): Promise<void> {
    if (input.kind === "table") {
      const scan = await this.scan(input.table);
      const rows = input.distinct ? distinctSql(input.table, scan) : tableSql(input.table, scan);
      await this.run(`CREATE VIEW ${quote(input.name)} AS ${rows}`);
      return;
    }
    const body =
      input.kind === "sql"
        ? `SELECT * FROM (${await requireSelect(this.connection, input.sql, this.redact)}\n)`
        : `SELECT * FROM ${readerOf(input, this.expanded.get(input) ?? [])}`;
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

const READERS: Record<"parquet" | "csv" | "json", (paths: string, columns: Column[]) => string> = {
  parquet: (paths) => `read_parquet(${paths}, union_by_name = true)`,
  // Left to itself, the sniffer skips lines it cannot read as a table; a broken file must be refused, not shortened.
  csv: (paths, columns) =>
    `read_csv(${paths}, union_by_name = true, header = true, skip = 0, delim = ','${typesSql(columns)})`,
  json: (paths) => `read_json_auto(${paths}, union_by_name = true)`,
};

function readerOf({ format, columns = [] }: Extract<Input, { kind: "files" }>, paths: string[]): string {
  if (format === "json" && columns.length > 0) return exactJson(paths, columns);
  if (paths.length === 0) throw new LarderError("unreadable_file", "The source names no files");
  return READERS[format](literals(paths), columns);
}

function typesSql(columns: Column[]): string {
  if (columns.length === 0) return "";
  return `, types = {${columns.map(({ name, type }) => `${literal(name)}: ${literal(duckType(type))}`).join(", ")}}`;
}

async function expand(connection: DuckDBConnection, settings: Settings, patterns: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) {
    if (isUpload(pattern)) found.push(findUpload(settings.uploadsDir, pattern));
    else found.push(...(await findSourceFiles(connection, settings, pattern)));
  }
  return [...new Set(found)];
}
