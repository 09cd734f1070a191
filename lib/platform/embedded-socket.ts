import { createServer, type Server, type Socket } from "node:net";
import type { PGlite } from "@electric-sql/pglite";

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
const ROLLBACK = message("Q", "ROLLBACK\0");
const SYNC = message("S", "");
/** After these the client waits for an answer: simple query, sync, flush, function call, copy done and failed. */
const ENDS_A_TURN = new Set(["Q", "S", "H", "F", "c", "f"].map((type) => type.charCodeAt(0)));
const TERMINATE = "X".charCodeAt(0);
const READY_FOR_QUERY = "Z".charCodeAt(0);
const IDLE = "I".charCodeAt(0);

type Connection = {
  socket: Socket;
  started: boolean;
  /** Bytes that are not a whole message yet. */
  rest: Buffer;
  /** Whole messages that do not end a turn yet. */
  pending: Buffer[];
  turns: Buffer[];
  open: boolean;
};

/**
 * Serves one PGlite session to many clients over a Unix socket, one whole turn (up to Sync) at a time:
 * whoever has begun a turn or a transaction keeps the session until the server reports that it is idle.
 */
export class EmbeddedSocket {
  private readonly server: Server;
  private readonly connections = new Set<Connection>();
  private owner: Connection | null = null;
  private running = false;
  private stopped = false;

  constructor(
    private readonly database: PGlite,
    private readonly onFatal: (error: unknown) => void,
    maxConnections: number,
  ) {
    this.server = createServer((socket) => this.accept(socket));
    this.server.maxConnections = maxConnections;
  }

  /** Resolves when clients can connect. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(path, () => resolve());
    });
  }

  /** Lets the turn that runs finish, rolls back what is open, closes every connection. */
  async close(): Promise<void> {
    this.stopped = true;
    while (this.running) await new Promise((resolve) => setTimeout(resolve, 2));
    if (this.owner) await this.abandon();
    for (const connection of this.connections) connection.socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: Socket): void {
    const connection: Connection = {
      socket,
      started: false,
      rest: Buffer.alloc(0),
      pending: [],
      turns: [],
      open: true,
    };
    this.connections.add(connection);
    socket.on("data", (bytes: Buffer) => this.receive(connection, bytes));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      connection.open = false;
      connection.turns = [];
      this.connections.delete(connection);
      void this.work();
    });
  }

  private receive(connection: Connection, bytes: Buffer): void {
    let rest = connection.rest.length > 0 ? Buffer.concat([connection.rest, bytes]) : bytes;
    while (rest.length >= 8 || (connection.started && rest.length >= 5)) {
      const length = connection.started ? 1 + rest.readInt32BE(1) : rest.readInt32BE(0);
      if (length < 4) return void connection.socket.destroy();
      if (rest.length < length) break;
      this.take(connection, rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    connection.rest = rest;
    void this.work();
  }

  private take(connection: Connection, bytes: Buffer): void {
    if (connection.started) {
      const type = bytes[0] ?? 0;
      if (type === TERMINATE) return void connection.socket.end();
      connection.pending.push(bytes);
      if (!ENDS_A_TURN.has(type)) return;
      connection.turns.push(Buffer.concat(connection.pending));
      connection.pending = [];
      return;
    }
    const code = bytes.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return void connection.socket.write("N");
    // There is no backend process to signal: a cancelled statement runs to its end.
    if (code === CANCEL_REQUEST) return void connection.socket.destroy();
    connection.started = true;
    connection.turns.push(Buffer.from(bytes));
  }

  private async work(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      while (!this.stopped) {
        if (this.owner && !this.owner.open) await this.abandon();
        const next = this.owner ?? this.waiting();
        const turn = next?.turns.shift();
        if (!next || !turn) break;
        this.owner = (await this.run(turn, next.socket)) === IDLE ? null : next;
        // Fairness: whoever had a turn goes to the end of the line.
        if (!this.owner && this.connections.delete(next) && next.open) this.connections.add(next);
      }
    } catch (error) {
      // The session is in an unknown state; going on could answer one client with the rows of another.
      this.stopped = true;
      this.onFatal(error);
    } finally {
      this.running = false;
    }
  }

  private waiting(): Connection | null {
    for (const connection of this.connections) if (connection.turns.length > 0) return connection;
    return null;
  }

  /** Ends what a client that went away has left open. */
  private async abandon(): Promise<void> {
    await this.run(SYNC, null);
    await this.run(ROLLBACK, null);
    this.owner = null;
  }

  /** Runs one turn; answers the transaction status the session reported last, null when it did not. */
  private async run(bytes: Buffer, socket: Socket | null): Promise<number | null> {
    let tail = Buffer.alloc(0);
    await this.database.runExclusive(() =>
      this.database.execProtocolRawStream(bytes, {
        onRawData: (data) => {
          const copy = Buffer.from(data);
          tail = copy.length >= 6 ? copy.subarray(-6) : Buffer.concat([tail, copy]).subarray(-6);
          if (socket?.writable) socket.write(copy);
        },
      }),
    );
    return tail.length === 6 && tail[0] === READY_FOR_QUERY && tail.readInt32BE(1) === 5 ? (tail[5] ?? null) : null;
  }
}

function message(type: string, body: string): Buffer {
  const bytes = Buffer.alloc(5 + Buffer.byteLength(body));
  bytes.write(type, 0);
  bytes.writeInt32BE(4 + Buffer.byteLength(body), 1);
  bytes.write(body, 5);
  return bytes;
}
